import { Worker } from "node:worker_threads";
import { beforeSending, FaultError } from "./errors.ts";
import {
  asError,
  type PgliteMessage,
  type PgliteReply,
  type PgliteRequest,
} from "./pglite-protocol.ts";

/** Where PGlite runs. Replies come in the order of the calls. */
export interface PgliteHost {
  run(frames: Uint8Array, bindings: number): Promise<PgliteReply>;
  close(): Promise<void>;
  /** Ends it in the middle of whatever it does. */
  terminate(): void;
}

/** In this thread: a long statement blocks the event loop, and no deadline strikes meanwhile. */
export const inlineHost = async (folder: string | undefined): Promise<PgliteHost> => {
  const { PgliteEngine } = await import("./pglite-engine.ts");
  try {
    const engine = await PgliteEngine.open(folder);
    return {
      run: (frames, bindings) => engine.run(frames, bindings),
      close: () => engine.close(),
      terminate: () => {},
    };
  } catch (error) {
    throw unavailable(error);
  }
};

interface Pending {
  readonly resolve: (reply: PgliteReply) => void;
  readonly reject: (error: unknown) => void;
}

/** In a worker thread, which keeps the process alive only while it has something to do. */
class WorkerHost implements PgliteHost {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #next = 0;
  #lost: unknown;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: PgliteMessage) => {
      if ("id" in message) this.#settle(message.id, message.reply);
    });
    worker.on("error", (error) => this.#lose(error));
    this.#exited = new Promise((resolve) => {
      worker.once("exit", () => {
        this.#lose(new Error("Connection terminated: the worker thread of PGlite ended"));
        resolve();
      });
    });
  }

  run(frames: Uint8Array, bindings: number): Promise<PgliteReply> {
    if (this.#lost !== undefined) return Promise.reject(beforeSending(this.#lost));
    const id = (this.#next += 1);
    if (this.#pending.size === 0) this.#worker.ref();
    this.#post({ id, frames, bindings });
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#worker.ref();
    if (this.#lost === undefined) this.#post({ close: true });
    await this.#exited;
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #post(request: PgliteRequest): void {
    this.#worker.postMessage(request);
  }

  #settle(id: number, reply: PgliteReply): void {
    this.#pending.get(id)?.resolve(reply);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
  }

  #lose(error: unknown): void {
    this.#lost ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** The entry's name differs between source and build: it ends as this file does. */
const workerEntry = (): URL => {
  const ending = /\.[cm]?[jt]s$/.exec(new URL(import.meta.url).pathname)?.[0] ?? ".js";
  return new URL(`./pglite-worker${ending}`, import.meta.url);
};

export const workerHost = (folder: string | undefined): Promise<PgliteHost> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerEntry(), { workerData: { folder } });
    const fail = (error: unknown): void => reject(unavailable(error));
    worker.once("error", fail);
    worker.once("exit", () => fail(new Error("the worker thread of PGlite ended")));
    worker.once("message", (message: PgliteMessage) => {
      if ("failed" in message) return fail(asError(message.failed));
      resolve(new WorkerHost(worker));
    });
  });

/** Nothing of the user's was sent yet, so the message holds no values and may be told. */
const unavailable = (cause: unknown): FaultError => {
  const message = cause instanceof Error ? cause.message : "PGlite did not start";
  return new FaultError(
    message,
    { kind: "connection", outcome: "not-applied", transient: false, fatal: true, message },
    cause,
  );
};
