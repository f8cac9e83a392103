import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSpec } from "../../../src/spec/load.ts";
import type { Entity, Model, Workload } from "../../../src/spec/model.ts";
import { memoryFiles } from "../../support/memory-files.ts";

const shop = loadSpec(join(import.meta.dirname, "../../support/specs/shop-full.yaml")).model;
const entity = (name: string, model: Model | undefined = shop): Entity => {
  const found = model?.entities.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no entity ${name}`);
  return found;
};
const kinds = {
  authority: (each: Workload) => ("access" in each ? each : undefined),
  search: (each: Workload) => (each.kind === "search" ? each : undefined),
  vector: (each: Workload) => (each.kind === "vector" ? each : undefined),
  cache: (each: Workload) => (each.kind === "cache" ? each : undefined),
};
const workload = <Kind extends keyof typeof kinds>(
  name: string,
  kind: Kind,
): NonNullable<ReturnType<(typeof kinds)[Kind]>> => {
  const found = shop?.workloads.find((each) => each.name === name);
  const fitting = found === undefined ? undefined : kinds[kind](found);
  if (fitting === undefined) throw new Error(`no ${kind} workload ${name}`);
  return fitting as NonNullable<ReturnType<(typeof kinds)[Kind]>>;
};
const fieldsOf = (name: string) =>
  entity(name).fields.map((field) => [field.name, field.role, field.generated]);

test("switches add their fields after the user's own", () => {
  expect(fieldsOf("Order").slice(-5)).toEqual([
    ["tenantId", "tenant", "caller"],
    ["version", "version", "database"],
    ["createdAt", "createdAt", "database"],
    ["updatedAt", "updatedAt", "database"],
    ["deletedAt", "deletedAt", "database"],
  ]);
  expect(entity("Order").fields.find(({ name }) => name === "deletedAt")?.nullable).toBe(true);
});

test("an owned child starts with its owner's key, inherits the tenant, and has no timestamps", () => {
  expect(entity("OrderLine").key).toEqual(["orderId", "lineNo"]);
  expect(entity("OrderLine").tenant).toBe("tenantId");
  expect(fieldsOf("OrderLine")).toEqual([
    ["lineNo", "data", "caller"],
    ["productId", "data", "caller"],
    ["quantity", "data", "caller"],
    ["tenantId", "tenant", "caller"],
    ["orderId", "ownerKey", "caller"],
  ]);
});

test("uuid keys are made by the client; a sequence by the database", () => {
  expect(entity("Order").fields[0]?.generated).toBe("client");
  expect(entity("Session").fields[0]?.generated).toBe("caller");
  const text = `version: 1
project: p
entities:
  Counter: { fields: { id: { type: bigint, key: true, generated: database } } }
  Made: { fields: { id: { type: uuid, key: true, generated: database } } }
workloads:
  w: { kind: transactional, entities: [Counter, Made], access: { Counter: { get: {} }, Made: { get: {} } } }
`;
  const model = loadSpec("w.yaml", { files: memoryFiles({ "w.yaml": text }) }).model;
  expect(entity("Counter", model).fields[0]?.generated).toBe("database");
  expect(entity("Made", model).fields[0]?.generated).toBe("database");
});

test("an order is total: the key completes it in its last direction", () => {
  const methods = workload("orders", "authority").access[0]?.methods ?? [];
  expect(methods.find(({ name }) => name === "listByCustomer")).toEqual({
    name: "listByCustomer",
    op: "list",
    where: [{ field: "customerId", operator: "eq" }],
    optional: [
      { field: "status", operator: "eq" },
      { field: "placedAt", operator: "range" },
    ],
    orderBy: [
      { field: "placedAt", direction: "desc" },
      { field: "id", direction: "desc" },
    ],
    page: "keyset",
  });
  expect(methods.find(({ name }) => name === "revenueByDay")).toMatchObject({
    groupBy: [{ field: "placedAt", unit: "day" }],
    measures: [{ kind: "sum", field: "totalCents" }, { kind: "count" }],
  });
});

test("an order that a unique constraint makes total stays as it was given: no index ends with a key for nothing", () => {
  const text = `version: 1
project: p
entities:
  Document: { fields: { id: { type: uuid, key: true } } }
  Chunk:
    tenant: tenantId
    fields:
      id: { type: uuid, key: true }
      documentId: { type: uuid, references: Document }
      ordinal: { type: int }
      page: { type: int, nullable: true }
      code: { type: string, max: 20, unique: true }
    unique: [[documentId, ordinal], [documentId, page]]
workloads:
  w:
    kind: transactional
    entities: [Document, Chunk]
    access:
      Document: { get: {} }
      Chunk:
        ofDocument: { op: list, where: [documentId], orderBy: [-ordinal] }
        byCode: { op: list, orderBy: [code] }
        byNullable: { op: list, where: [documentId], orderBy: [page] }
        maybeOfDocument: { op: list, optional: [documentId], orderBy: [ordinal] }
        within: { op: list, where: [page.range], orderBy: [ordinal] }
        unordered: { op: list, where: [documentId, ordinal] }
`;
  const model = loadSpec("w.yaml", { files: memoryFiles({ "w.yaml": text }) }).model;
  const [work] = model?.workloads ?? [];
  const methods = work && "access" in work ? work.access.flatMap((one) => one.methods) : [];
  const orders = methods.flatMap((method) =>
    method.op === "list" ? [[method.name, ...method.orderBy.map(({ field }) => field)]] : [],
  );
  expect(orders).toEqual([
    ["ofDocument", "ordinal"],
    ["byCode", "code"],
    ["byNullable", "page", "id"],
    ["maybeOfDocument", "ordinal", "id"],
    ["within", "ordinal", "id"],
    ["unordered", "id"],
  ]);
});

test("quantities, durations and sizes become numbers", () => {
  expect(workload("orders", "authority").scale).toEqual({
    rows: 50e6,
    readsPerSecond: 3000,
    writesPerSecond: 400,
    growth: 10,
  });
  expect(workload("product-cache", "cache")).toMatchObject({
    ttlMs: 900_000,
    memoryBytes: 256 * 2 ** 20,
    eviction: "allkeys-lru",
  });
  const save = workload("sessions", "authority").access[0]?.methods.find(
    ({ name }) => name === "save",
  );
  expect(save).toEqual({ name: "save", op: "upsert", bulk: false, ttlMs: 30 * 86_400_000 });
});

test("views have their defaults", () => {
  expect(workload("product-search", "search")).toMatchObject({
    language: "simple",
    fields: [
      { field: "title", weight: 3, facet: false },
      { field: "description", weight: 1, facet: false },
      { field: "tags", weight: 1, facet: true },
    ],
    methods: [
      { text: ["title", "description"], facets: ["tags"], highlight: true, page: "keyset" },
    ],
  });
  expect(workload("similar-products", "vector").methods).toEqual([
    {
      name: "nearest",
      filter: [{ field: "priceCents", operator: "range" }],
      hybridWith: "product-search",
    },
  ]);
});

test("the Model is plain data: JSON carries it whole", () => {
  expect(JSON.parse(JSON.stringify(shop))).toEqual(shop);
});

test("a linked JSON Schema stands in the type", () => {
  const type = entity("Product").fields.find(({ name }) => name === "attributes")?.type;
  expect(type).toMatchObject({
    kind: "json",
    schema: { type: "object", additionalProperties: false },
  });
});
