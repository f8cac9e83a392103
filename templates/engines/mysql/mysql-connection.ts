import type { Socket } from "node:net";
import type { Connection } from "mysql2";
import type { Poolable } from "../../runtime/connection-pool.ts";
import type { ServerTarget, SessionUse } from "./connector.ts";
import { greet, streamOf } from "./driver.ts";
import { beforeSending, classify, FaultError, isStalePlan } from "./errors.ts";
import type { Killer } from "./killer.ts";
import { parametersOf } from "./parameters.ts";
import { literalText } from "./literal-text.ts";
import type { Prepared } from "./prepared.ts";
import { type Dialect, sessionSettings } from "./session-settings.ts";
import type { Value, ValueRow } from "./statement.ts";

/** What a statement answered. */
export interface Answer {
  readonly rows: readonly ValueRow[];
  /** Rows returned or, of a change, found. */
  readonly found: number;
}

export type Answered = (error: unknown, answer: Answer) => void;

/** After this long without a reply, an abandoned statement costs its connection. */
const graceMs = 2_000;
const endMs = 2_000;
const nothing: Answer = { rows: [], found: 0 };

/** One session on a server, for one user at a time. Statements that are sent at once run one after the other. */
export class MysqlConnection implements Poolable {
  /** What the server called itself. */
  readonly version: string;
  readonly #connection: Connection;
  readonly #stream: Socket;
  readonly #killer: Killer;
  readonly #onLost: ((error: unknown) => void)[] = [];
  #lost: unknown = undefined;
  #inFlight = 0;
  #drained: (() => void) | undefined;
  #cancelling: Promise<void> | undefined;

  private constructor(connection: Connection, version: string, killer: Killer) {
    this.version = version;
    this.#connection = connection;
    this.#stream = streamOf(connection);
    this.#killer = killer;
    connection.on("error", (error: unknown) => this.#lose(error));
    this.#stream.on("close", () => this.#lose(connectionLost()));
  }

  /** @throws FaultError, not-applied */
  static async open(
    target: ServerTarget,
    use: SessionUse,
    killer: Killer,
  ): Promise<MysqlConnection> {
    let opened: MysqlConnection | undefined;
    try {
      const { connection, version } = await greet(target);
      opened = new MysqlConnection(connection, version, killer);
      refuseOther(use.dialect, version);
      const settings = sessionSettings(use.dialect, use.lockWaitSeconds);
      await within(
        target.connectTimeoutMs,
        opened,
        Promise.all(settings.map((text) => opened?.command(text))),
      );
      return opened;
    } catch (error) {
      opened?.destroy(error);
      throw beforeSending(error);
    }
  }

  get lost(): boolean {
    return this.#lost !== undefined;
  }

  get cancelling(): Promise<void> | undefined {
    return this.#cancelling;
  }

  onLost(listener: (error: unknown) => void): void {
    if (this.#lost === undefined) this.#onLost.push(listener);
    else listener(this.#lost);
  }

  /** Runs a prepared statement. What cannot be encoded is an error before anything is sent. */
  send(
    statement: Prepared,
    values: readonly Value[],
    tenant: string | undefined,
    answered: Answered,
  ): void {
    if (this.#lost !== undefined) return answered(beforeSending(this.#lost), nothing);
    let sent: { readonly sql: string; readonly values?: unknown[] };
    try {
      sent = this.#isText(statement)
        ? { sql: literalText(statement, values, tenant) }
        : { sql: statement.text, values: parametersOf(statement, values, tenant) };
    } catch (error) {
      return answered(error, nothing);
    }
    this.#inFlight += 1;
    if (sent.values === undefined) return this.#query(sent.sql, answered);
    this.#connection.execute(sent, (error: unknown, result: unknown) => {
      if (error !== null && isStalePlan(classify(error))) this.#connection.unprepare(sent.sql);
      this.#finish(error, result, answered);
    });
  }

  /** The same as a promise. */
  run(statement: Prepared, values: readonly Value[], tenant?: string): Promise<Answer> {
    return settled((answered) => this.send(statement, values, tenant, answered));
  }

  /** One text without values, not prepared: the frame of a transaction, settings, DDL. */
  command(text: string): Promise<Answer> {
    return settled((answered) => {
      if (this.#lost !== undefined) return answered(beforeSending(this.#lost), nothing);
      this.#inFlight += 1;
      this.#query(text, answered);
    });
  }

  /** Whoever waits for what is in flight was answered: it is killed, and a server that stays silent costs the connection. */
  abandon(): void {
    if (this.#lost !== undefined || this.#inFlight === 0) return;
    this.#cancelling ??= this.#cancel();
  }

  destroy(error: unknown): void {
    if (this.#lost === undefined && this.#inFlight > 0) {
      void this.#killer.kill(this.#connection.threadId, "connection");
    }
    this.#lose(error);
  }

  /** Ends the session after what is in flight, or after 2 s. Resolves when the socket is closed. */
  async end(): Promise<void> {
    this.#lost ??= connectionLost();
    if (this.#stream.destroyed) return;
    const closed = new Promise<void>((resolve) => this.#stream.once("close", () => resolve()));
    const force = setTimeout(() => this.#stream.destroy(), endMs);
    this.#connection.end(() => this.#stream.destroy());
    await closed;
    clearTimeout(force);
  }

  /**
   * Whether the statement goes with its values in it. Where MariaDB runs one prepared search again with other words, it takes rows that hold
   * them for rows that do not, and pages lose them: MA-06.
   */
  #isText({ plain, places, searches }: Prepared): boolean {
    return (
      (plain === true && places.length === 0) ||
      (searches === true && dialectOf(this.version) === "mariadb")
    );
  }

  #query(text: string, answered: Answered): void {
    this.#connection.query(text, (error: unknown, result: unknown) =>
      this.#finish(error, result, answered),
    );
  }

  async #cancel(): Promise<void> {
    const force = setTimeout(() => this.#lose(noReply()), graceMs);
    await this.#killer.kill(this.#connection.threadId, "query");
    if (this.#inFlight > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    // An interruption that came after the statement had ended must not hit the next one.
    await this.command("do 0").catch(() => {});
    clearTimeout(force);
    this.#cancelling = undefined;
  }

  #finish(error: unknown, result: unknown, answered: Answered): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#drained?.();
    if (error === null || error === undefined) return answered(undefined, answerOf(result));
    if (isFatal(error)) this.#lose(error);
    answered(error, nothing);
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined && this.#stream.destroyed) return;
    this.#lost ??= error;
    // Without a reason of its own the driver answers what is in flight with its own error.
    this.#stream.destroy();
    this.#drained?.();
    for (const listener of this.#onLost.splice(0)) listener(this.#lost);
  }
}

const settled = (begin: (answered: Answered) => void): Promise<Answer> =>
  new Promise((resolve, reject) => {
    begin((error, answer) => (error === undefined ? resolve(answer) : reject(error)));
  });

const answerOf = (result: unknown): Answer => {
  if (Array.isArray(result)) return { rows: result as readonly ValueRow[], found: result.length };
  const found: unknown =
    typeof result === "object" && result !== null ? Reflect.get(result, "affectedRows") : 0;
  return { rows: [], found: Number(found) };
};

const isFatal = (error: unknown): boolean =>
  classify(error).fatal ||
  (typeof error === "object" && error !== null && Reflect.get(error, "fatal") === true);

/** Greetings have a limit of their own; what follows them needs one too. */
const within = async (
  limitMs: number,
  connection: MysqlConnection,
  work: Promise<unknown>,
): Promise<void> => {
  const limit = setTimeout(() => connection.destroy(noReply()), limitMs);
  try {
    await work;
  } finally {
    clearTimeout(limit);
  }
};

const dialectOf = (version: string): Dialect => (/mariadb/i.test(version) ? "mariadb" : "mysql");

/** Each engine's statements are its own: one for the other would fail only where they differ. */
const refuseOther = (dialect: Dialect, version: string): void => {
  const found = dialectOf(version);
  if (found === dialect) return;
  throw new FaultError(`the server is ${version}, and this store was generated for ${dialect}`, {
    kind: "programming",
    outcome: "not-applied",
    transient: false,
    fatal: true,
    hint: `use a server of ${dialect}, or change the engine of the store in the spec`,
  });
};

const connectionLost = (): Error =>
  Object.assign(new Error("Connection lost"), { code: "PROTOCOL_CONNECTION_LOST" });

const noReply = (): Error =>
  Object.assign(new Error("Connection lost: no reply"), { code: "PROTOCOL_CONNECTION_LOST" });
