// E1: codes of the fault table as a running server gives them, and what of them the caller is told. The others: test/unit/milvus/errors.test.ts.
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dataType } from "../../templates/engines/milvus/columns.ts";
import { makeCollection } from "../../templates/engines/milvus/collections.ts";
import { collectionSchema, placeholderGroup } from "../../templates/engines/milvus/wire.ts";
import { callOp } from "../../templates/runtime/call.ts";
import { faultOf, isDataError } from "../../templates/runtime/errors.ts";
import {
  filled,
  nearestOf,
  note,
  noteView,
  openStore,
  type OpenedMilvus,
} from "../engines/milvus/opened.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { grace, onShared, verdict } from "./suite.ts";

const secret = "sentinelvalue";
const once = { outcome: "not-applied", transient: false } as const;
const programming = { kind: "programming", ...once };
const absent = { kind: "connection", ...once };
const conflict = { kind: "conflict", ...once };

/** What a call ends with, the way from the server's reply to the caller's error included. */
interface Row {
  readonly what: string;
  /** Of the small build; a server may have another for it. */
  readonly code?: string;
  readonly told: object;
  readonly method: string;
  readonly request: object;
  /** The small build only says it. */
  readonly lite?: true;
}

const field = (name: string, type: number, parameters: object, more: object = {}) => ({
  name,
  type,
  parameters: { ...parameters } as Readonly<Record<string, number>>,
  ...more,
});
const key = field("pk", dataType.varChar, { max_length: 100 }, { primary: true });
const small = field("small", dataType.varChar, { max_length: 4 });
const vector = field("vector", dataType.floatVector, { dim: 4 });

const pairs = (values: object): object =>
  Object.entries(values).map(([name, value]) => ({ key: name, value: String(value) }));
const texts = (name: string, values: readonly string[]): object => ({
  type: dataType.varChar,
  field_name: name,
  scalars: { string_data: { data: values } },
});
const vectors = (...elements: readonly number[]): object => ({
  type: dataType.floatVector,
  field_name: "vector",
  vectors: { dim: elements.length, float_vector: { data: elements } },
});
const row = [texts("pk", ["a"]), texts("small", ["abc"]), vectors(1, 2, 3, 4)];

const upsert = (fields: readonly object[], more: object = {}): Pick<Row, "method" | "request"> => ({
  method: "Upsert",
  request: { collection_name: "whole", num_rows: 1, fields_data: fields, ...more },
});
const search = (more: object = {}, params: object = {}): Pick<Row, "method" | "request"> => ({
  method: "Search",
  request: {
    collection_name: "whole",
    dsl: "",
    dsl_type: 1,
    placeholder_group: placeholderGroup(Float32Array.from([1, 2, 3, 4])),
    nq: 1,
    output_fields: ["pk"],
    search_params: pairs({
      anns_field: "vector",
      topk: 3,
      metric_type: "L2",
      params: "{}",
      round_decimal: -1,
      ...params,
    }),
    consistency_level: 0,
    ...more,
  },
});
const query = (more: object): Pick<Row, "method" | "request"> => ({
  method: "Query",
  request: { collection_name: "whole", expr: `pk != ""`, output_fields: ["pk"], ...more },
});
const create = (name: string, ...fields: readonly (typeof key)[]) => ({
  method: "CreateCollection",
  request: { collection_name: name, schema: collectionSchema(name, fields), shards_num: 1 },
});
const index = (name: string, params: object, at = "vector"): Pick<Row, "method" | "request"> => ({
  method: "CreateIndex",
  request: {
    collection_name: name,
    field_name: at,
    index_name: at,
    extra_params: pairs({ metric_type: "L2", ...params }),
  },
});
const hnsw = { index_type: "HNSW", params: JSON.stringify({ M: 16, efConstruction: 64 }) };
const flat = { index_type: "FLAT", params: "{}" };

const rows: readonly Row[] = [
  // 1, which may be anything, by its reason.
  {
    what: "a collection that is there",
    code: "1",
    told: conflict,
    lite: true,
    ...create("whole", key, vector),
  },
  {
    what: "an alias that is there",
    code: "1",
    told: conflict,
    lite: true,
    method: "CreateAlias",
    request: { alias: "other", collection_name: "whole" },
  },
  {
    what: "an alias that is a collection",
    code: "1",
    told: conflict,
    lite: true,
    method: "CreateAlias",
    request: { alias: "whole", collection_name: "bare" },
  },
  {
    what: "a metric of an index that is none",
    code: "1",
    told: { kind: "unknown", outcome: "unknown", transient: false },
    lite: true,
    ...index("bare", { ...flat, metric_type: "NONSENSE" }),
  },
  // 6
  {
    what: "a collection without key",
    code: "6",
    told: programming,
    ...create("new", vector),
  },
  {
    what: "a vector of no dimensions",
    code: "6",
    told: programming,
    ...create("new", key, field("vector", dataType.floatVector, {})),
  },
  {
    what: "a type that is none",
    code: "6",
    told: programming,
    ...create("new", key, field("vector", 99, {})),
  },
  {
    what: "a text that is too long",
    code: "6",
    told: programming,
    ...upsert([texts("pk", ["a"]), texts("small", [secret]), vectors(1, 2, 3, 4)]),
  },
  {
    what: "a vector of other dimensions",
    code: "6",
    told: programming,
    ...upsert([...row.slice(0, 2), vectors(1, 2, 3)]),
  },
  {
    what: "a field that is none",
    code: "6",
    told: programming,
    ...upsert([...row, texts("what", ["a"])]),
  },
  { what: "a row without key", code: "6", told: programming, ...upsert(row.slice(1)) },
  {
    what: "a number for a text",
    code: "6",
    told: programming,
    ...upsert([
      ...row.slice(0, 1),
      { type: dataType.int64, field_name: "small", scalars: { long_data: { data: ["5"] } } },
      ...row.slice(2),
    ]),
  },
  { what: "fewer rows than told", code: "6", told: programming, ...upsert(row, { num_rows: 3 }) },
  {
    what: "a filter that breaks off",
    code: "6",
    told: programming,
    ...query({ expr: `small == "${secret}" and` }),
  },
  {
    what: "a filter by a field that is none",
    code: "6",
    told: programming,
    ...search({ dsl: `nothing == "${secret}"` }),
  },
  {
    what: "a filter of another type",
    code: "6",
    told: programming,
    ...search({ dsl: "small > 5" }),
  },
  {
    what: "a search in a field that is none",
    code: "6",
    told: programming,
    ...search({}, { anns_field: "nothing" }),
  },
  {
    what: "a search in a text",
    code: "6",
    told: programming,
    ...search({}, { anns_field: "small" }),
  },
  {
    what: "a search by a metric that is none",
    code: "6",
    told: programming,
    ...search({}, { metric_type: secret }),
  },
  {
    what: "a search without vector",
    code: "6",
    told: programming,
    ...search({ placeholder_group: Buffer.alloc(0) }),
  },
  {
    what: "a number of neighbours that is none",
    code: "6",
    told: programming,
    ...search({}, { topk: secret }),
  },
  {
    what: "a database that is there",
    code: "6",
    told: conflict,
    method: "CreateDatabase",
    request: { db_name: "default" },
    lite: true,
  },
  {
    what: "a database that is not there",
    code: "6",
    told: { ...programming, hint: expect.stringContaining("DSN names the database") },
    method: "DescribeDatabase",
    request: { db_name: "nowhere" },
  },
  // 35, 100, 101, 200, 700
  {
    what: "another index of a field",
    code: "35",
    told: programming,
    ...index("whole", flat),
    lite: true,
  },
  {
    what: "a search in no collection",
    code: "100",
    told: absent,
    ...search({ collection_name: "nowhere" }),
  },
  {
    what: "a query of no collection",
    code: "100",
    told: absent,
    ...query({ collection_name: "nowhere" }),
  },
  {
    what: "rows for no collection",
    code: "100",
    told: absent,
    ...upsert(row, { collection_name: "nowhere" }),
  },
  {
    what: "loading no collection",
    code: "100",
    told: absent,
    method: "LoadCollection",
    request: { collection_name: "nowhere", replica_number: 1 },
  },
  {
    what: "renaming no collection",
    code: "100",
    told: absent,
    method: "RenameCollection",
    request: { oldName: "nowhere", newName: "there" },
  },
  {
    what: "an alias that is not there",
    code: "100",
    told: absent,
    method: "DescribeAlias",
    request: { alias: "nowhere" },
  },
  {
    what: "a search in what is not loaded",
    code: "101",
    told: { kind: "connection", outcome: "not-applied", transient: true },
    ...search({ collection_name: "released" }),
  },
  {
    what: "rows for no partition",
    code: "200",
    told: absent,
    ...upsert(row, { partition_name: "nowhere" }),
  },
  {
    what: "a partition that is not there",
    code: "200",
    told: absent,
    method: "DropPartition",
    request: { collection_name: "whole", partition_name: "nowhere" },
    lite: true,
  },
  {
    what: "an index that is not there",
    code: "700",
    told: programming,
    method: "DescribeIndex",
    request: { collection_name: "bare", index_name: "vector" },
  },
  // gRPC's own
  {
    what: "12: a call that the server does not know",
    code: "12",
    told: { ...programming, hint: expect.stringContaining("version") },
    method: "LoadPartitions",
    request: { collection_name: "whole", partition_names: ["nowhere"] },
    lite: true,
  },
  {
    what: "8: a request beyond the server's size",
    code: "8",
    told: { ...programming, hint: expect.stringContaining("grpc.serverMaxRecvSize") },
    ...upsert([texts("pk", ["x".repeat(257 << 20)])]),
  },
  {
    what: "a call that no version knows",
    told: { ...programming, hint: expect.stringContaining("version") },
    method: "Nonsense",
    request: {},
  },
];

await onShared("milvus", "E1: codes of the server", (server) => {
  const lite = server.kind === "local build";
  let opened: OpenedMilvus;
  let proxy: FaultProxy;
  let through: OpenedMilvus;
  let dropped: () => Promise<void>;

  const ask = (
    method: string,
    request: object,
    { of = opened, deadlineMs = 10_000 }: { of?: OpenedMilvus; deadlineMs?: number } = {},
  ): Promise<unknown> =>
    callOp(
      of.store.runtime,
      { operation: "test.call", effect: "write", unkeyed: true },
      { retry: "never", deadlineMs },
      (attempt) => of.store.channel.call(method, request, attempt),
    );
  const failed = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => "no error",
      (error: unknown) => error,
    );

  beforeAll(async () => {
    const space = await server.namespace();
    dropped = () => space.drop();
    opened = openStore(space.dsn);
    proxy = await startFaultProxy({ target: space.dsn });
    through = openStore(proxy.through(space.dsn));
    for (const name of ["whole", "released", "bare"]) {
      const made = create(name, key, small, vector);
      await ask(made.method, made.request);
      if (name === "bare") continue;
      const indexed = index(name, hnsw);
      await ask(indexed.method, indexed.request);
      await ask("LoadCollection", { collection_name: name, replica_number: 1 });
    }
    await ask("ReleaseCollection", { collection_name: "released" });
    await ask("CreateAlias", { alias: "other", collection_name: "whole" });
  });
  afterAll(async () => {
    await through?.close();
    await proxy?.stop();
    await opened?.close();
    await dropped?.();
  });

  it.each(rows.filter((one) => lite || one.lite !== true))(
    "$code $what",
    async ({ code, told, method, request }) => {
      const error = await failed(ask(method, request));
      if (!isDataError(error)) throw new Error(`no error of the data layer: ${String(error)}`);
      expect(faultOf(error)).toMatchObject(told);
      if (lite) expect(error.code).toBe(code);
      const printed = `${inspect(error, { depth: 8, showHidden: true })}${JSON.stringify(error)}`;
      expect(printed).not.toContain(secret);
    },
  );

  it("the caller is told what it may do: a mistake and a lack are no doubt, and are not tried again", async () => {
    const { method, request } = search({ collection_name: "nowhere" });
    expect(await verdict(ask(method, request))).toMatchObject({ kind: "unavailable", attempts: 1 });
    const bad = query({ expr: "((" });
    expect(await verdict(ask(bad.method, bad.request))).toMatchObject({ kind: "programming" });
    const there = create("whole", key, vector);
    if (lite)
      expect(await verdict(ask(there.method, there.request))).toMatchObject({ kind: "conflict" });
  });

  it("4, 14: of a write that was sent and not answered nobody knows; a read may be asked again", async () => {
    await ask("GetVersion", {}, { of: through });
    const hole = proxy.add({ kind: "blackhole" });
    const late = await verdict(ask("GetVersion", {}, { of: through, deadlineMs: 300 }));
    expect(late.kind).toBe("outcome-unknown");
    expect(late.elapsed).toBeLessThan(300 + grace);
    hole.remove();
    await ask("GetVersion", {}, { of: through });
    const slow = proxy.add({ kind: "latency", ms: 2_000 });
    const cut = verdict(ask("GetVersion", {}, { of: through }));
    setTimeout(() => proxy.cut(), 100);
    expect(await cut).toMatchObject({ kind: "outcome-unknown", code: "14" });
    slow.remove();
  });

  it("of a view: never built, released, another size of vector, a row that is too large", async () => {
    const { store } = opened;
    const view = noteView("codes");
    const hint = "npm run db -- views rebuild codes";
    const near = (): Promise<unknown> => store.session.nearest(nearestOf(view), filled(0), []);
    const target = store.session.target(view);
    const write = (text: string) =>
      target
        .live()
        .write([{ kind: "upsert", key: "1", revision: 1n, item: { ...note(1), words: [text] } }]);
    expect(await verdict(near())).toMatchObject({ kind: "unavailable", hint });
    expect(await verdict(write("x"))).toMatchObject({ kind: "unavailable", hint });
    const built = await target.begin();
    await built.publish();
    expect(await write("x".repeat(70_000))).toMatchObject([
      { kind: "failed", error: { kind: "constraint", message: expect.stringContaining("bytes") } },
    ]);
    expect(await write("x")).toEqual([{ kind: "written" }]);
    await ask("ReleaseCollection", { collection_name: view.definition.alias });
    expect(await verdict(near())).toMatchObject({ kind: "ok" });
    const short = store.session.nearest(nearestOf(view), new Float32Array(3), []);
    expect(await verdict(short)).toMatchObject({ kind: "programming", attempts: 1 });
    const other = noteView("codes", { dimensions: 4 });
    await expect(
      makeCollection(
        (method, request) => ask(method, request) as never,
        built.name,
        other.definition,
      ),
    ).rejects.toMatchObject(lite ? { kind: "conflict" } : {});
  });
});
