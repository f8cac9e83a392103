import { metrics, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test, vi } from "vitest";
import { callOp } from "../../../templates/runtime/call.ts";
import { StoreTelemetry, type SlowQuery } from "../../../templates/runtime/telemetry.ts";
import { dataError, DriverError, rootRuntime } from "./support.ts";

const spec = {
  operation: "orders.get",
  effect: "read",
  text: "select id from orders where id = $1",
} as const;

function tracing() {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  return { exporter, tracerProvider };
}

function measuring() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    await reader.forceFlush();
    const all =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    exporter.reset();
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  };
  return { meterProvider, collect };
}

afterEach(() => {
  trace.disable();
  metrics.disable();
});

describe("spans", () => {
  test("one per call, named and attributed by the database conventions", async () => {
    const { exporter, tracerProvider } = tracing();
    await callOp(rootRuntime({ telemetry: { tracerProvider } }), spec, undefined, () =>
      Promise.resolve(1),
    );
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      name: "get orders",
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.attributes).toEqual({
      "db.system.name": "testdb",
      "db.namespace": "shop",
      "db.collection.name": "orders",
      "db.operation.name": "get",
      "db.query.text": "select id from orders where id = $1",
      "server.address": "db.local",
      "server.port": 4711,
    });
  });

  test("a failed call has error.type, the server's code and its attempts", async () => {
    const { exporter, tracerProvider } = tracing();
    const fault = {
      kind: "overload",
      outcome: "not-applied",
      transient: true,
      code: "53300",
    } as const;
    vi.spyOn(Math, "random").mockReturnValue(0);
    await dataError(
      callOp(rootRuntime({ telemetry: { tracerProvider } }), spec, undefined, () =>
        Promise.reject(new DriverError(fault)),
      ),
    );
    vi.restoreAllMocks();
    const [span] = exporter.getFinishedSpans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toMatchObject({
      "error.type": "overloaded",
      "db.response.status_code": "53300",
      "db.client.attempts": 3,
    });
  });

  test("the globally registered provider is found at the first call", async () => {
    const runtime = rootRuntime();
    const { exporter, tracerProvider } = tracing();
    trace.setGlobalTracerProvider(tracerProvider);
    await callOp(runtime, spec, undefined, () => Promise.resolve(1));
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });

  test("without an SDK no span is made", () => {
    expect(rootRuntime().telemetry.begin(spec)).toBeUndefined();
  });
});

describe("metrics", () => {
  test("db.client.operation.duration in seconds, with the advised buckets, by outcome", async () => {
    const { meterProvider, collect } = measuring();
    const runtime = rootRuntime({ telemetry: { meterProvider } });
    await callOp(runtime, spec, undefined, () => new Promise((resolve) => setTimeout(resolve, 20)));
    await dataError(
      callOp(runtime, spec, { retry: "never" }, () =>
        Promise.reject(new DriverError({ code: "08006" })),
      ),
    );
    const metric = (await collect()).get("db.client.operation.duration");
    expect(metric?.descriptor.unit).toBe("s");
    const [ok, failed] = metric?.dataPoints ?? [];
    expect(ok?.attributes).toEqual({
      "db.system.name": "testdb",
      "db.namespace": "shop",
      "db.collection.name": "orders",
      "db.operation.name": "get",
      "server.address": "db.local",
      "server.port": 4711,
    });
    expect(ok?.value).toMatchObject({
      count: 1,
      buckets: { boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
    });
    expect(ok?.value).toHaveProperty("sum", expect.closeTo(0.02, 1));
    expect(failed?.attributes).toMatchObject({
      "error.type": "unavailable",
      "db.response.status_code": "08006",
    });
  });

  test("an aborted call is counted as such", async () => {
    const { meterProvider, collect } = measuring();
    const runtime = rootRuntime({ telemetry: { meterProvider } });
    const controller = new AbortController();
    const call = callOp(runtime, spec, { signal: controller.signal }, () => new Promise(() => {}));
    controller.abort(new Error("left"));
    await expect(call).rejects.toThrow("left");
    const [point] = (await collect()).get("db.client.operation.duration")?.dataPoints ?? [];
    expect(point?.attributes["error.type"]).toBe("aborted");
  });

  test("pools are observed until they are closed", async () => {
    const { meterProvider, collect } = measuring();
    const runtime = rootRuntime({ telemetry: { meterProvider } });
    let asked = 0;
    const stop = runtime.telemetry.observePool("main", () => {
      asked += 1;
      return { idle: 1, used: 2, max: 5, pending: 3 };
    });
    await callOp(runtime, spec, undefined, () => Promise.resolve(1));
    const found = await collect();
    const points = (name: string) =>
      found
        .get(`db.client.connection.${name}`)
        ?.dataPoints.map((point) => [point.attributes, point.value]);
    const pool = { "db.client.connection.pool.name": "main" };
    expect(points("count")).toEqual([
      [{ ...pool, "db.client.connection.state": "idle" }, 1],
      [{ ...pool, "db.client.connection.state": "used" }, 2],
    ]);
    expect([points("max"), points("pending_requests")]).toEqual([[[pool, 5]], [[pool, 3]]]);
    stop();
    await collect();
    expect(asked).toBe(1);
  });
});

describe("slow-query log", () => {
  const logged = async (
    work: () => Promise<unknown>,
    log: (entry: SlowQuery) => void,
    slowQueryMs = 15,
  ) => {
    const runtime = rootRuntime({ telemetry: { log, slowQueryMs } });
    await callOp(runtime, spec, { retry: "never" }, work).catch(() => {});
  };

  test("tells name, text, duration and error kind of what was slow, and nothing else", async () => {
    const entries: SlowQuery[] = [];
    const slow = () =>
      new Promise((_resolve, reject) => setTimeout(() => reject(new DriverError()), 25));
    await logged(slow, (entry) => entries.push(entry));
    await logged(
      () => Promise.resolve("fast"),
      (entry) => entries.push(entry),
    );
    expect(entries).toEqual([
      {
        store: "main",
        operation: "orders.get",
        text: "select id from orders where id = $1",
        durationMs: expect.toSatisfy((duration: number) => duration >= 20 && duration < 500),
        attempts: 1,
        error: "unavailable",
      },
    ]);
  });

  test("a logger that throws fails no call", async () => {
    const runtime = rootRuntime({
      telemetry: {
        slowQueryMs: 0,
        log: () => {
          throw new Error("disk full");
        },
      },
    });
    expect(await callOp(runtime, spec, undefined, () => Promise.resolve("ok"))).toBe("ok");
  });
});

test("a call without collection has none in name and attributes", async () => {
  const { exporter, tracerProvider } = tracing();
  const telemetry = new StoreTelemetry({ store: "main", system: "testdb" }, { tracerProvider });
  const transaction = { operation: "main.transaction", effect: "write", collection: "" } as const;
  telemetry.begin(transaction)?.end();
  const [span] = exporter.getFinishedSpans();
  expect([span?.name, span?.attributes]).toEqual([
    "transaction",
    { "db.system.name": "testdb", "db.operation.name": "transaction" },
  ]);
});
