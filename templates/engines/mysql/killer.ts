import type { Connection } from "mysql2";
import { greet, streamOf } from "./driver.ts";
import type { ServerTarget } from "./connector.ts";

/** `query`: what runs at the moment; `connection`: the session, which rolls its transaction back. */
export type KillKind = "query" | "connection";

interface Request {
  readonly text: string;
  readonly done: () => void;
}

/** A server that does not kill within this time will not. */
const patienceMs = 2_000;

/**
 * Interrupts sessions of one server from a connection of its own, opened when it is needed and for as long as it is. Never rejects: a request
 * that gets lost is followed by the grace period of the connection.
 */
export class Killer {
  readonly #target: ServerTarget;
  readonly #requests: Request[] = [];
  #working = false;

  constructor(target: ServerTarget) {
    this.#target = { ...target, connectTimeoutMs: patienceMs };
  }

  /** Resolves when the server has answered, or will not. */
  kill(threadId: number, kind: KillKind): Promise<void> {
    return new Promise((done) => {
      this.#requests.push({ text: `kill ${kind} ${threadId}`, done });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      const { connection } = await greet(this.#target);
      connection.on("error", () => streamOf(connection).destroy());
      for (let next = this.#requests.shift(); next; next = this.#requests.shift()) {
        await send(connection, next.text);
        next.done();
      }
      connection.end(() => {});
      setTimeout(() => streamOf(connection).destroy(), patienceMs).unref();
    } catch {
      // What the server does with the statement is told by its own connection.
    }
    this.#working = false;
    for (const { done } of this.#requests.splice(0)) done();
  }
}

/** A session that has ended meanwhile is an error, and what was wanted. */
const send = (connection: Connection, text: string): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => streamOf(connection).destroy(), patienceMs);
    connection.query(text, () => {
      clearTimeout(timer);
      resolve();
    });
  });
