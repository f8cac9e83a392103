import type { ChangedKeys } from "../../runtime/changes.ts";
import { DataError, isDataError } from "../../runtime/errors.ts";
import { FaultError } from "../../runtime/fault-error.ts";
import type { Fault } from "../../runtime/fault.ts";
import type { OpOptions } from "../../runtime/op.ts";
import { type Unread, unreadable } from "../../runtime/unreadable.ts";
import { classify } from "./errors.ts";
import { struckAnother } from "./key-guard.ts";
import type { Answer, MysqlConnection } from "./mysql-connection.ts";
import type { OperationKey } from "./operation.ts";
import { storedResult } from "./replay.ts";
import { type CallContext, ConnectionCall } from "./statement-call.ts";
import type { Value, ValueRow, Write } from "./statement.ts";
import { keyText } from "./values.ts";
import { framed, within } from "./write-frame.ts";
import { isSingleStep, resultOf } from "./write-steps.ts";

/** What a write call needs beyond its statement. */
export interface WriteContext extends CallContext {
  /** Tells listeners of the committed keys, or keeps them until COMMIT; a promise when that takes time. */
  readonly changed: (entity: string, keys: ChangedKeys) => Promise<void> | undefined;
  /** Its statements are part of a transaction that somebody else ends. */
  readonly inTransaction: boolean;
}

/** The values of one write. */
export interface WriteValues {
  readonly values: readonly Value[];
  /** The operation id it is recorded under. */
  readonly operation: OperationKey | undefined;
  /** No row may mean a stale version. */
  readonly versioned: boolean;
  /** One row is promised. */
  readonly single: boolean;
}

/** What the call does once it has given its connection back. */
type Ending = () => void;

/**
 * A write. One statement alone runs by itself. Several, or one with an operation id, run in a transaction, of which only COMMIT leaves doubt.
 * What is stored under an operation id is looked up when the change finds no row or violates a constraint: a replay does either, or both.
 */
export class WriteCall<R, T> extends ConnectionCall<T> {
  readonly #statement: Write<R>;
  readonly #write: WriteValues;
  readonly #context: WriteContext;
  readonly #finish: (rows: readonly R[]) => T;
  /** The change was answered, and only its row is to be read. */
  #committed = false;
  #decoded: { readonly rows: readonly ValueRow[]; readonly items: readonly R[] } | undefined;

  constructor(
    context: WriteContext,
    statement: Write<R>,
    write: WriteValues,
    options: OpOptions | undefined,
    finish: (rows: readonly R[]) => T,
  ) {
    super(context, statement.spec, options);
    this.#statement = statement;
    this.#write = write;
    this.#context = context;
    this.#finish = finish;
  }

  protected use(connection: MysqlConnection): void {
    const { operation } = this.#write;
    if (this.#committed) void this.#ended(() => this.#readBack(connection));
    else if (operation === undefined && isSingleStep(this.#statement)) this.#alone(connection);
    else void this.#ended(() => this.#together(connection));
  }

  /** What is left to do is a read, which may be tried again whatever became of it. */
  protected override retried(fault: Fault, error: unknown): boolean {
    return super.retried(this.#committed ? { ...fault, outcome: "not-applied" } : fault, error);
  }

  override fail(error: unknown): void {
    const { guards } = this.#statement;
    super.fail(guards === undefined ? error : struckAnother(error, guards));
  }

  /** Whoever caches the row must not keep what it was: the change may be there now, or come with a late reply. */
  protected override doubtful(): void {
    void this.#tell(this.#keys());
  }

  #alone(connection: MysqlConnection): void {
    const { change } = this.#statement.steps;
    const { values } = this.#write;
    this.sent = true;
    connection.send(change, values, this.#context.tenant, (error, answer) => {
      if (error === undefined && answer.found === 0 && !this.settled) {
        this.sent = false;
        return void this.#ended(() => this.#nothingFound(connection));
      }
      if (error !== undefined) this.spoiled();
      if (error === undefined && !this.settled && this.#statement.steps.select !== undefined) {
        this.#committed = true;
        return void this.#ended(() => this.#readBack(connection));
      }
      this.giveBack();
      if (this.settled) return this.#late(error, answer);
      if (error !== undefined) return this.fail(error);
      this.#applied(resultOf(this.#statement, answer, values));
    });
  }

  /** The change is there. A row that cannot be read leaves its caller without a result, which is no sign that nothing was applied. */
  async #readBack(connection: MysqlConnection): Promise<Ending> {
    const { change, select = change } = this.#statement.steps;
    this.sent = true;
    try {
      const { rows } = await connection.run(select, this.#write.values, this.#context.tenant);
      if (rows.length === 0 && this.#write.single) {
        return () => {
          this.doubtful();
          this.fail(goneAgain());
        };
      }
      return () => this.#applied(rows);
    } catch (error) {
      const fault = { ...classify(error), outcome: "unknown" } as const;
      throw new FaultError("the row was written and cannot be read", fault, error);
    }
  }

  /** The caller has its answer, and what was sent came to an end nevertheless. */
  #late(error: unknown, { found }: Answer): void {
    if (error === undefined ? found > 0 : classify(error).outcome === "unknown") this.doubtful();
  }

  /** Gives the connection back before the caller goes on. */
  async #ended(work: () => Promise<Ending>): Promise<void> {
    let ending: Ending;
    try {
      ending = await work();
    } catch (error) {
      if (!isDataError(error)) this.spoiled();
      ending = () => this.fail(error);
    }
    this.giveBack();
    if (!this.settled) ending();
    else if (this.sent) this.doubtful();
  }

  async #together(connection: MysqlConnection): Promise<Ending> {
    const { inTransaction } = this.#context;
    // A failed statement spoils a transaction, so there the look-up comes first.
    const before = inTransaction ? await this.#stored(connection) : undefined;
    if (before !== undefined) return () => this.#applied(before);
    const rows = await this.#changed(connection);
    if (rows !== undefined) return () => this.#applied(rows);
    const stored = inTransaction ? undefined : await this.#stored(connection);
    if (stored !== undefined) return () => this.#applied(stored);
    return this.#nothingFound(connection);
  }

  async #changed(connection: MysqlConnection): Promise<readonly ValueRow[] | undefined> {
    const { inTransaction, tenant } = this.#context;
    const job = {
      statement: this.#statement,
      write: this.#write,
      tenant,
      given: () => this.settled,
      decode: (rows: readonly ValueRow[]) => this.#readable(rows),
      committing: () => {
        this.sent = true;
      },
    };
    if (inTransaction) return within(connection, job);
    try {
      return await framed(connection, job);
    } catch (error) {
      const { kind } = classify(error);
      if (kind !== "constraint" && kind !== "conflict") throw error;
      // Where the connection is gone, the look-up fails in its place, so that another attempt asks.
      const stored = await this.#stored(connection);
      if (stored === undefined) throw error;
      return stored;
    }
  }

  async #stored(connection: MysqlConnection): Promise<readonly ValueRow[] | undefined> {
    const { operation } = this.#write;
    return operation === undefined ? undefined : storedResult(connection, operation);
  }

  /** Says what it means that the change found no row. */
  async #nothingFound(connection: MysqlConnection): Promise<Ending> {
    const { keyValues = 1, limit, steps } = this.#statement;
    if (!this.#write.single) return () => this.#applied([]);
    const conditional = this.#write.versioned || limit !== undefined;
    if (!conditional || steps.exists === undefined) return () => this.fail(missing());
    const key = this.#write.values.slice(0, keyValues);
    const { rows } = await connection.run(steps.exists, key, this.#context.tenant);
    if (rows.length === 0) return () => this.fail(missing());
    return () => this.fail(limit === undefined ? stale() : beyond(limit));
  }

  #applied(rows: readonly ValueRow[]): void {
    const { key } = this.#statement;
    try {
      const result = this.#finish(this.#items(rows));
      const told = this.#tell(rows.map((one) => keyText(one, key)));
      this.succeedAfter(told, result);
    } catch (error) {
      this.doubtful();
      this.fail(this.#unread(error, rows));
    }
  }

  /** Before COMMIT. */
  #readable(rows: readonly ValueRow[]): void {
    try {
      this.#items(rows);
    } catch (error) {
      this.spoiled();
      throw unreadable(error, rows, this.#statement, "undone");
    }
  }

  /** A write of one statement is read after it was committed, unless a transaction holds it. */
  #unread(error: unknown, rows: readonly ValueRow[]): unknown {
    if (this.#context.inTransaction) this.spoiled();
    const became: Unread = this.#context.inTransaction ? "undone" : "applied";
    return unreadable(error, rows, this.#statement, became);
  }

  #items(rows: readonly ValueRow[]): readonly R[] {
    if (this.#decoded?.rows === rows) return this.#decoded.items;
    const { row } = this.#statement;
    const items = rows.map((one) => row(one));
    this.#decoded = { rows, items };
    return items;
  }

  #tell(keys: ChangedKeys): Promise<unknown> | undefined {
    const { entity, cascades, loose } = this.#statement;
    const told = this.#context.changed(entity, loose === true ? "all" : keys);
    if (cascades === undefined) return told;
    return Promise.all([told, ...cascades.map((other) => this.#context.changed(other, "all"))]);
  }

  #keys(): ChangedKeys {
    const { absent, keyValues = 1 } = this.#statement;
    if (absent === undefined || !this.#write.single) return "all";
    const key = this.#write.values.slice(0, keyValues).map(String);
    return [keyValues === 1 ? `${key[0]}` : JSON.stringify(key)];
  }
}

const missing = (): DataError =>
  new DataError({ kind: "not-found", message: "no row has this key" });

/** Another delete came between the commit and the look: nothing is in doubt but what the row was. */
const goneAgain = (): DataError =>
  new DataError({
    kind: "outcome-unknown",
    message: "it was applied, and its row cannot be read: it was deleted right after",
    hint: "do not repeat the write",
  });

const stale = (): DataError =>
  new DataError({
    kind: "conflict",
    message: "the stored version is another one than ifVersion",
    hint: "read it again, decide again, and pass the version you read",
  });

const beyond = (limit: string): DataError =>
  new DataError({
    kind: "constraint",
    message: `a constraint of the store forbids it (${limit})`,
    constraint: limit,
  });

/** The result where one row is promised; `WriteCall` has refused an empty list. */
export const onlyRow = <R>(rows: readonly R[]): R => rows[0] as R;

export const allRows = <R>(rows: readonly R[]): readonly R[] => rows;
