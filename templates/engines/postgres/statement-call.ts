import {
  type AbandonReason,
  Op,
  type OpOptions,
  type OpRuntime,
  type OpSpec,
} from "../../runtime/op.ts";
import type { Prepared, Text, TextRow } from "./statement.ts";
import type { Bound, Exchange, Flight, Lane } from "./wire.ts";

/** What all calls of one session share. */
export interface CallContext {
  readonly runtime: OpRuntime;
  /** Role and tenant of every statement; absent at the root, and in a transaction, which is bound at its start. */
  readonly binding: Bound | undefined;
}

/** One call of one statement: the `Op` and the exchange on the wire are the same object. */
export abstract class StatementCall<T> extends Op<T> implements Exchange {
  prepared: Prepared;
  values: readonly Text[];
  readonly binding: Bound | undefined;
  flight: Flight | undefined = undefined;
  readonly #lane: Lane;

  constructor(
    context: CallContext,
    lane: Lane,
    spec: OpSpec,
    prepared: Prepared,
    values: readonly Text[],
    options: OpOptions | undefined,
  ) {
    super(context.runtime, spec, options);
    this.binding = context.binding;
    this.prepared = prepared;
    this.values = values;
    this.#lane = lane;
  }

  /** Maps the rows and succeeds. What it throws fails the call. */
  protected abstract received(rows: readonly TextRow[], tag: string): void;

  protected send(): void {
    this.#lane.submit(this);
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
    this.fail(error);
  }
}

/** A call whose rows give its result at once. */
export class ReadCall<T> extends StatementCall<T> {
  readonly #decode: (rows: readonly TextRow[], tag: string) => T;

  constructor(
    context: CallContext,
    lane: Lane,
    spec: OpSpec,
    bound: Bound,
    options: OpOptions | undefined,
    decode: (rows: readonly TextRow[], tag: string) => T,
  ) {
    super(context, lane, spec, bound.prepared, bound.values, options);
    this.#decode = decode;
  }

  protected received(rows: readonly TextRow[], tag: string): void {
    this.succeed(this.#decode(rows, tag));
  }
}
