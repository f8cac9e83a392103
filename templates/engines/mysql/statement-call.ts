import type { PoolWaiter } from "../../runtime/connection-pool.ts";
import type { Fault } from "../../runtime/fault.ts";
import {
  type AbandonReason,
  Op,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import { type RowSource, unreadable } from "../../runtime/unreadable.ts";
import type { Answer, MysqlConnection } from "./mysql-connection.ts";
import type { Prepared } from "./prepared.ts";
import type { Value } from "./statement.ts";

/** Lends connections, first come, first served: the pool, or a transaction's one connection. */
export interface ConnectionSource {
  acquire(waiter: PoolWaiter<MysqlConnection>): void;
  /** A waiter that gave up. */
  forget(waiter: PoolWaiter<MysqlConnection>): void;
  release(connection: MysqlConnection): void;
}

/** What all calls of one session share. */
export interface CallContext {
  readonly runtime: OpRuntime;
  readonly source: ConnectionSource;
  readonly tenant: string | undefined;
  /** Milliseconds that the server lets a statement wait for a row lock. */
  readonly lockWaitMs: number;
  /** In a transaction: a statement failed, so nothing of it may be committed. */
  readonly spoil?: (() => void) | undefined;
}

const lockWaitOver = "1205";

/** A call that has a connection to itself from the grant until it gives it back. */
export abstract class ConnectionCall<T> extends Op<T> implements PoolWaiter<MysqlConnection> {
  readonly #context: CallContext;
  #connection: MysqlConnection | undefined;

  constructor(context: CallContext, spec: OpSpec, options: OpOptions | undefined) {
    super(context.runtime, spec, options);
    this.#context = context;
  }

  /** Runs the statements; `giveBack` follows in any case. */
  protected abstract use(connection: MysqlConnection): void;

  protected send(): void {
    this.#context.source.acquire(this);
  }

  granted(connection: MysqlConnection): void {
    this.#connection = connection;
    if (this.settled) this.giveBack();
    else this.use(connection);
  }

  refused(error: unknown): void {
    this.fail(error);
  }

  protected giveBack(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#context.source.release(connection);
  }

  /** A statement failed on the server: in a transaction what it may have left must not be committed. */
  protected spoiled(): void {
    this.#context.spoil?.();
  }

  protected override abandon(_reason: AbandonReason): void {
    if (this.#connection === undefined) return this.#context.source.forget(this);
    this.spoiled();
    this.#connection.abandon();
  }

  /** The time for this lock is used up: another attempt would end in doubt. */
  protected override retried(fault: Fault, error: unknown): boolean {
    const late = this.remainingMs() < this.#context.lockWaitMs;
    if (fault.code === lockWaitOver && late) return false;
    return super.retried(fault, error);
  }
}

/** A call of one statement whose answer gives its result at once. */
export class ReadCall<T> extends ConnectionCall<T> {
  readonly #prepared: Prepared;
  readonly #values: readonly Value[];
  readonly #tenant: string | undefined;
  readonly #decode: (answer: Answer) => T;
  readonly #source: RowSource<Value> | undefined;

  constructor(
    context: CallContext,
    spec: OpSpec,
    statement: { readonly prepared: Prepared; readonly values: readonly Value[] },
    options: OpOptions | undefined,
    decode: (answer: Answer) => T,
    source?: RowSource<Value>,
  ) {
    super(context, spec, options);
    this.#prepared = statement.prepared;
    this.#values = statement.values;
    this.#tenant = context.tenant;
    this.#decode = decode;
    this.#source = source;
  }

  protected use(connection: MysqlConnection): void {
    this.sent = true;
    connection.send(this.#prepared, this.#values, this.#tenant, (error, answer) => {
      if (error !== undefined) this.spoiled();
      this.giveBack();
      if (this.settled) return;
      if (error !== undefined) return this.fail(error);
      try {
        this.succeed(this.#decode(answer));
      } catch (wrong) {
        const { rows } = answer;
        this.fail(
          this.#source === undefined ? wrong : unreadable(wrong, rows, this.#source, "read"),
        );
      }
    });
  }
}
