import type { Fault } from "../../runtime/fault.ts";
import {
  type AbandonReason,
  Op,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import { type RowSource, unreadable } from "../../runtime/unreadable.ts";
import { patientBinding } from "./binding.ts";
import { classify } from "./errors.ts";
import type { Prepared, Text, TextRow } from "./statement.ts";
import type { Bound, Exchange, Flight, Lane } from "./wire.ts";

/** What all calls of one session share. */
export interface CallContext {
  readonly runtime: OpRuntime;
  /** Role and tenant of every statement; absent at the root, and in a transaction, which is bound at its start. */
  readonly binding: Bound | undefined;
}

/** Where a call runs. */
export interface CallLanes {
  readonly first: Lane;
  /** Where it goes, to wait as long as it may, when it meets a lock on a lane that it shares; absent where it has the connection alone. */
  readonly patient?: Lane;
}

const lockTimeout = "55P03";
/** Milliseconds before the deadline by which the server's answer to a patient wait is there: a lock not granted is no doubt. */
const marginMs = 100;

/** One call of one statement: the `Op` and the exchange on the wire are the same object. */
export abstract class StatementCall<T> extends Op<T> implements Exchange {
  prepared: Prepared;
  values: readonly Text[];
  flight: Flight | undefined = undefined;
  readonly #binding: Bound | undefined;
  readonly #lanes: CallLanes;
  #patient = false;

  constructor(
    context: CallContext,
    lanes: CallLanes,
    spec: OpSpec,
    prepared: Prepared,
    values: readonly Text[],
    options: OpOptions | undefined,
  ) {
    super(context.runtime, spec, options);
    this.#binding = context.binding;
    this.prepared = prepared;
    this.values = values;
    this.#lanes = lanes;
  }

  /** A patient call's wait for locks ends shortly before its deadline, so that the server says that nothing was applied. */
  get binding(): Bound | undefined {
    if (!this.#patient) return this.#binding;
    return patientBinding(this.#binding, Math.max(1, this.remainingMs() - marginMs));
  }

  /** Maps the rows and succeeds. What it throws fails the call. */
  protected abstract received(rows: readonly TextRow[], tag: string): void;

  protected send(): void {
    const { first, patient = first } = this.#lanes;
    (this.#patient ? patient : first).submit(this);
  }

  protected override abandon(_reason: AbandonReason): void {
    this.flight?.abandon();
  }

  sending(): void {
    this.sent = true;
  }

  answered(rows: readonly TextRow[], tag: string): void {
    if (this.settled) return;
    try {
      this.received(rows, tag);
    } catch (error) {
      this.fail(error);
    }
  }

  failed(error: unknown): void {
    if (!this.#waitsOn(error)) return this.fail(error);
    this.#patient = true;
    this.sent = false;
    this.#lanes.patient?.submit(this);
  }

  /** The time for this lock is used up: another attempt would end in doubt. */
  protected override retried(fault: Fault, error: unknown): boolean {
    if (fault.code === lockTimeout && this.#lanes.patient !== undefined) return false;
    return super.retried(fault, error);
  }

  #waitsOn(error: unknown): boolean {
    return (
      !this.settled &&
      !this.#patient &&
      this.#lanes.patient !== undefined &&
      this.remainingMs() > 2 * marginMs &&
      classify(error).code === lockTimeout
    );
  }
}

/** A call whose rows give its result at once. */
export class ReadCall<T> extends StatementCall<T> {
  readonly #decode: (rows: readonly TextRow[], tag: string) => T;
  readonly #source: RowSource<Text> | undefined;

  constructor(
    context: CallContext,
    lanes: CallLanes,
    spec: OpSpec,
    bound: Bound,
    options: OpOptions | undefined,
    decode: (rows: readonly TextRow[], tag: string) => T,
    source?: RowSource<Text>,
  ) {
    super(context, lanes, spec, bound.prepared, bound.values, options);
    this.#decode = decode;
    this.#source = source;
  }

  protected received(rows: readonly TextRow[], tag: string): void {
    let result: T;
    try {
      result = this.#decode(rows, tag);
    } catch (error) {
      throw this.#source === undefined ? error : unreadable(error, rows, this.#source, "read");
    }
    this.succeed(result);
  }
}
