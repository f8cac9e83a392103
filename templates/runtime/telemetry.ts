import {
  createNoopMeter,
  metrics,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Histogram,
  type Meter,
  type MeterProvider,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";

/** What a call does: declared once per method, shared by all its calls. */
export interface OpSpec {
  /** `orders.get`: repository property and method. */
  readonly operation: string;
  readonly effect: "read" | "write";
  /** Table, collection, index or key space; default: the part of `operation` before the dot; empty: none. */
  readonly collection?: string;
  /** Statement text for traces and the slow-query log; holds placeholders, never values. */
  readonly text?: string;
  /** It takes no operation id: free SQL, a transaction as a whole. */
  readonly unkeyed?: true;
  /** Done again it has the effect of once, and takes no operation id of the caller: making an index, copying a view. */
  readonly repeatable?: true;
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

/** What is published of one method; made at its first call, so that a call builds no attribute object. */
interface Instrument {
  readonly spanName: string;
  readonly spanOptions: SpanOptions;
  readonly attributes: Attributes;
}

interface Backend {
  readonly tracer: Tracer | undefined;
  readonly duration: Histogram | undefined;
}

const scope = "async-db-starter";
const off: Backend = { tracer: undefined, duration: undefined };

/**
 * Spans, metrics and slow-query log of one store, by the stable OpenTelemetry database conventions. The providers are looked up at the
 * first call (register the SDK before it); without one, a call costs two comparisons.
 */
export class StoreTelemetry {
  readonly identity: StoreIdentity;
  readonly #options: TelemetryOptions;
  readonly #log: ((entry: SlowQuery) => void) | undefined;
  readonly #slowMs: number;
  /** Weak, because a statement of the user's own has a spec of its own for each call. */
  readonly #instruments = new WeakMap<OpSpec, Instrument>();
  readonly #pools = new Map<string, () => PoolState>();
  #backend: Backend | undefined;

  constructor(identity: StoreIdentity, options: TelemetryOptions = {}) {
    this.identity = identity;
    this.#options = options;
    this.#log = options.log;
    this.#slowMs = options.log === undefined ? Infinity : (options.slowQueryMs ?? 500);
  }

  /** A span, when tracing is on. */
  begin(spec: OpSpec): Span | undefined {
    const { tracer } = (this.#backend ??= this.#connect());
    if (tracer === undefined) return undefined;
    const { spanName, spanOptions } = this.#instrument(spec);
    return tracer.startSpan(spanName, spanOptions);
  }

  /** The call has settled; `errorType` and `code` when it failed. Never throws. */
  end(call: Finished, durationMs: number, errorType?: string, code?: string): void {
    const duration = this.#backend?.duration;
    if (duration !== undefined) {
      const { attributes } = this.#instrument(call.spec);
      const failed =
        errorType === undefined ? attributes : { ...attributes, ...failure(errorType, code) };
      duration.record(durationMs / 1_000, failed);
    }
    if (call.span !== undefined) endSpan(call.span, call.attempts, errorType, code);
    if (durationMs >= this.#slowMs) this.#tellSlow(call, durationMs, errorType);
  }

  /** Publishes a pool's connection metrics until the returned function is called. `pool` is unique within the process. */
  observePool(pool: string, state: () => PoolState): () => void {
    this.#pools.set(pool, state);
    return () => this.#pools.delete(pool);
  }

  #tellSlow(call: Finished, durationMs: number, error: string | undefined): void {
    const { operation, text } = call.spec;
    const { attempts } = call;
    try {
      this.#log?.({ store: this.identity.store, operation, text, durationMs, attempts, error });
    } catch {
      // A logger that fails must not fail the call it reports.
    }
  }

  #instrument(spec: OpSpec): Instrument {
    let found = this.#instruments.get(spec);
    if (found === undefined) {
      found = instrument(spec, this.identity);
      this.#instruments.set(spec, found);
    }
    return found;
  }

  #connect(): Backend {
    const tracer = tracerOf(this.#options.tracerProvider ?? trace.getTracerProvider());
    const meter = (this.#options.meterProvider ?? metrics.getMeterProvider()).getMeter(scope);
    if (meter === createNoopMeter())
      return tracer === undefined ? off : { tracer, duration: undefined };
    observePools(meter, this.#pools);
    const duration = meter.createHistogram("db.client.operation.duration", {
      description: "Duration of database client operations, retries included.",
      unit: "s",
      advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    });
    return { tracer, duration };
  }
}

/** The global provider is a proxy; while no SDK stands behind it, spans would be made to be thrown away. */
function tracerOf(provider: TracerProvider): Tracer | undefined {
  if (provider instanceof ProxyTracerProvider) return provider.getDelegateTracer(scope);
  return provider.getTracer(scope);
}

/** Span `{operation} {collection}`; the repository's method is the operation, as the conventions ask of a high-level client. */
function instrument(spec: OpSpec, identity: StoreIdentity): Instrument {
  const dot = spec.operation.indexOf(".");
  const operation = spec.operation.slice(dot + 1);
  const collection = spec.collection ?? spec.operation.slice(0, Math.max(dot, 0));
  const attributes: Attributes = {
    "db.system.name": identity.system,
    "db.operation.name": operation,
    ...(collection !== "" && { "db.collection.name": collection }),
    ...(identity.namespace !== undefined && { "db.namespace": identity.namespace }),
    ...(identity.address !== undefined && { "server.address": identity.address }),
    ...(identity.port !== undefined && { "server.port": identity.port }),
  };
  const withText =
    spec.text === undefined ? attributes : { ...attributes, "db.query.text": spec.text };
  return {
    spanName: collection === "" ? operation : `${operation} ${collection}`,
    spanOptions: { kind: SpanKind.CLIENT, attributes: withText },
    attributes,
  };
}

function failure(errorType: string, code: string | undefined): Attributes {
  return code === undefined
    ? { "error.type": errorType }
    : { "error.type": errorType, "db.response.status_code": code };
}

function endSpan(
  span: Span,
  attempts: number,
  errorType: string | undefined,
  code: string | undefined,
): void {
  if (attempts > 1) span.setAttribute("db.client.attempts", attempts);
  if (errorType !== undefined) {
    span.setAttributes(failure(errorType, code));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function observePools(meter: Meter, pools: ReadonlyMap<string, () => PoolState>): void {
  const make = (name: string, unit: string, description: string) =>
    meter.createObservableUpDownCounter(`db.client.connection.${name}`, { unit, description });
  const count = make("count", "{connection}", "Connections in the state of the attribute.");
  const max = make("max", "{connection}", "Connections the pool may open.");
  const pending = make("pending_requests", "{request}", "Callers that wait for a connection.");
  meter.addBatchObservableCallback(
    (result) => {
      for (const [pool, state] of pools) {
        const name = { "db.client.connection.pool.name": pool };
        const now = state();
        result.observe(count, now.idle, { ...name, "db.client.connection.state": "idle" });
        result.observe(count, now.used, { ...name, "db.client.connection.state": "used" });
        result.observe(max, now.max, name);
        result.observe(pending, now.pending, name);
      }
    },
    [count, max, pending],
  );
}
