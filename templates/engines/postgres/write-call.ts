import type { ChangedKeys } from "../../runtime/changes.ts";
import { DataError } from "../../runtime/errors.ts";
import type { OpOptions } from "../../runtime/op.ts";
import { unreadable } from "../../runtime/unreadable.ts";
import { classify, FaultError } from "./errors.ts";
import { operationKey, storedResult } from "./operation-text.ts";
import { type OperationKey, storedRows } from "./operation.ts";
import { prepared } from "./prepared.ts";
import { type CallContext, type CallLanes, StatementCall } from "./statement-call.ts";
import type { Prepared, Text, TextRow, Write } from "./statement.ts";
import { keyText } from "./values.ts";

/** What a write call needs beyond its statement. */
export interface WriteContext extends CallContext {
  /** Tells listeners of the committed keys, or keeps them until COMMIT; a promise when that takes time. */
  readonly changed: (entity: string, keys: ChangedKeys) => Promise<void> | undefined;
  /** A failed statement spoils the transaction, so an operation id is looked up before the write, not after it. */
  readonly inTransaction: boolean;
}

/** The values of one write. */
export interface WriteValues {
  readonly values: readonly Text[];
  /** The operation id it is recorded under. */
  readonly operation: OperationKey | undefined;
  /** No row may mean a stale version. */
  readonly versioned: boolean;
  /** One row is promised. */
  readonly single: boolean;
}

type Phase = "change" | "stored" | "exists";

const stored = prepared(storedResult.name, storedResult.text);

/**
 * A write: the change itself; with an operation id the look-up of what is stored, when the change finds no row or violates a constraint (a
 * replay does either, or both); with a version the question whether the key exists at all.
 */
export class WriteCall<R, T> extends StatementCall<T> {
  readonly #statement: Write<R>;
  readonly #write: WriteValues;
  readonly #context: WriteContext;
  readonly #finish: (rows: readonly R[]) => T;
  #phase: Phase = "change";
  #violation: unknown = undefined;
  #looked = false;

  constructor(
    context: WriteContext,
    lanes: CallLanes,
    statement: Write<R>,
    write: WriteValues,
    options: OpOptions | undefined,
    finish: (rows: readonly R[]) => T,
  ) {
    super(context, lanes, statement.spec, statement.prepared, write.values, options);
    this.#statement = statement;
    this.#write = write;
    this.#context = context;
    this.#finish = finish;
  }

  protected override send(): void {
    this.#looked = false;
    this.#violation = undefined;
    if (this.#context.inTransaction && this.#write.operation !== undefined) this.#lookUp();
    else this.#change();
  }

  /** Whoever caches the row must not keep what it was: the change may be there now, or come with a late reply. */
  protected override doubtful(): void {
    void this.#tell(this.#keys());
  }

  override answered(rows: readonly TextRow[], tag: string): void {
    if (this.settled && this.#phase === "change" && rows.length > 0) this.doubtful();
    super.answered(rows, tag);
  }

  override failed(error: unknown): void {
    const { raced } = this.#statement;
    if (raced !== undefined && classify(error).constraint === raced)
      return super.failed(lost("another upsert of this key was faster", error));
    if (this.settled && this.#phase === "change" && classify(error).outcome === "unknown")
      this.doubtful();
    const lookUp =
      this.#phase === "change" &&
      this.#write.operation !== undefined &&
      (!this.#looked || this.#context.inTransaction) &&
      !this.settled &&
      classify(error).kind === "constraint";
    if (!lookUp) return super.failed(error);
    if (this.#context.inTransaction) return this.fail(racing(error));
    this.#violation = error;
    this.#lookUp();
  }

  protected received(rows: readonly TextRow[]): void {
    if (this.#phase === "stored") this.#replay(rows[0]);
    else if (this.#phase === "exists") this.#absent(rows.length > 0);
    else if (rows.length > 0) this.#applied(rows);
    else if (this.#write.operation !== undefined && !this.#looked) this.#lookUp();
    else this.#nothingChanged();
  }

  #change(): void {
    const { operation, values } = this.#write;
    if (operation === undefined) return this.#ask("change", this.#statement.prepared, values);
    const { tenant, name, id, fingerprint } = operation;
    this.#ask("change", this.#statement.recorded, [tenant, name, id, fingerprint, ...values]);
  }

  #lookUp(): void {
    const { tenant = "", name = "", id = "" } = this.#write.operation ?? {};
    this.#looked = true;
    this.#ask("stored", stored, [tenant, name, id]);
  }

  #ask(phase: Phase, statement: Prepared, values: readonly Text[]): void {
    this.#phase = phase;
    this.prepared = statement;
    this.values = values;
    super.send();
  }

  #replay(row: TextRow | undefined): void {
    if (row !== undefined && row[0] !== this.#write.operation?.fingerprint) {
      return this.refuse({
        kind: "conflict",
        message: "this operation id was used with other content",
        hint: "an operation id stands for one call with one content; make a new id for another",
      });
    }
    if (row !== undefined) return this.#applied(storedRows(row[1]));
    if (this.#violation !== undefined) return this.fail(this.#violation);
    if (this.#context.inTransaction) return this.#change();
    this.#nothingChanged();
  }

  #applied(rows: readonly TextRow[]): void {
    const { key, row } = this.#statement;
    let items: readonly R[];
    try {
      items = rows.map(row);
    } catch (error) {
      return this.#unread(error, rows);
    }
    const result = this.#finish(items);
    const told = this.#tell(rows.map((one) => keyText(one, key)));
    this.succeedAfter(told, result);
  }

  /** The change is there, whether its row can be read or not; in a transaction it goes with it. */
  #unread(error: unknown, rows: readonly TextRow[]): void {
    const { fate } = this.runtime;
    fate?.spoil(this.spec.operation);
    this.doubtful();
    this.fail(unreadable(error, rows, this.#statement, fate === undefined ? "applied" : "undone"));
  }

  #tell(keys: ChangedKeys): Promise<unknown> | undefined {
    const { entity, cascades } = this.#statement;
    const told = this.#context.changed(entity, keys);
    if (cascades === undefined) return told;
    return Promise.all([told, ...cascades.map((other) => this.#context.changed(other, "all"))]);
  }

  #keys(): ChangedKeys {
    const { absent, keyValues = 1 } = this.#statement;
    const key = this.#write.values.slice(0, keyValues);
    if (absent === undefined || !this.#write.single) return "all";
    return [keyValues === 1 ? `${key[0]}` : JSON.stringify(key)];
  }

  #nothingChanged(): void {
    const { exists, keyValues } = this.#statement;
    if (!this.#write.single) return this.succeed(this.#finish([]));
    if (!this.#write.versioned || exists === undefined) return this.#absent(false);
    const probe = prepared(`${this.#statement.name}.exists`, exists);
    this.#ask("exists", probe, this.#write.values.slice(0, keyValues ?? 1));
  }

  #absent(stale: boolean): void {
    this.fail(
      stale
        ? new DataError({
            kind: "conflict",
            message: "the stored version is another one than ifVersion",
            hint: "read it again, decide again, and pass the version you read",
          })
        : new DataError({ kind: "not-found", message: "no row has this key" }),
    );
  }
}

/** In a transaction, a run that lost the race for its operation id finds the stored result when it is run again. */
const racing = (error: unknown): unknown => {
  const fault = classify(error);
  return fault.constraint === operationKey
    ? lost("another call with this operation id was faster", error)
    : error;
};

/** Nothing was applied, and another attempt meets what the faster call has written. */
const lost = (message: string, error: unknown): FaultError =>
  new FaultError(
    message,
    { kind: "conflict", outcome: "not-applied", transient: true, fatal: false, code: "23505" },
    error,
  );

/** The result where one row is promised; `WriteCall` has refused an empty list. */
export const onlyRow = <R>(rows: readonly R[]): R => rows[0] as R;

export const allRows = <R>(rows: readonly R[]): readonly R[] => rows;
