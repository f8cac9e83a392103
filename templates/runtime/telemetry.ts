import type { Span } from "@opentelemetry/api";
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";

/** What a call does: declared once per method, shared by all its calls. */
export interface OpSpec {
  /** `orders.get`: repository property and method. */
  readonly operation: string;
  readonly effect: "read" | "write";
  /** Table, collection, index or key space; default: the part of `operation` before the dot. */
  readonly collection?: string;
  /** Statement text for traces and the slow-query log; holds placeholders, never values. */
  readonly text?: string;
}

/** One call that took too long. Holds no values. */
export interface SlowQuery {
  readonly store: string;
  readonly operation: string;
  readonly text: string | undefined;
  readonly durationMs: number;
  readonly attempts: number;
  /** Kind of the error it ended with, if it failed. */
  readonly error: string | undefined;
}

export interface TelemetryOptions {
  /** Calls that take at least this many milliseconds are given to `log`. Default 500. */
  readonly slowQueryMs?: number | undefined;
  /** Takes slow calls; none by default. */
  readonly log?: ((entry: SlowQuery) => void) | undefined;
  /** Default: the global providers, read at the first call. */
  readonly tracerProvider?: TracerProvider | undefined;
  readonly meterProvider?: MeterProvider | undefined;
}

/** Who is measured, by the OpenTelemetry database conventions. */
export interface StoreIdentity {
  /** Name of the store in the data layer. */
  readonly store: string;
  /** `db.system.name`, as the conventions list it. */
  readonly system: string;
  /** `db.namespace`: database, or whatever qualifies the collection. */
  readonly namespace?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/** State of a connection pool at this moment. */
export interface PoolState {
  readonly idle: number;
  readonly used: number;
  readonly max: number;
  /** Callers that wait for a connection. */
  readonly pending: number;
}

/** What a finished call is measured by. */
export interface Finished {
  readonly spec: OpSpec;
  readonly span: Span | undefined;
  readonly attempts: number;
}

/** Spans, metrics and slow-query log of one store. Costs next to nothing while no SDK is registered. */
export class StoreTelemetry {
  readonly identity: StoreIdentity;

  constructor(identity: StoreIdentity, _options: TelemetryOptions = {}) {
    this.identity = identity;
  }

  /** A span, when tracing is on. */
  begin(_spec: OpSpec): Span | undefined {
    return undefined;
  }

  /** The call has settled; `errorType` and `code` when it failed. */
  end(_call: Finished, _durationMs: number, _errorType?: string, _code?: string): void {}

  /** Publishes a pool's connection metrics until the returned function is called. */
  observePool(_pool: string, _state: () => PoolState): () => void {
    return () => {};
  }
}
