import type {
  AuthorityWorkload,
  Entity,
  Field,
  FieldType,
  Method,
  Model,
  Workload,
} from "../../../src/spec/model.ts";
import type { Plan } from "../../../src/select/plan.ts";

/** Small builders of valid Models and Plans, with the defaults that normalisation would have made explicit. */

export const uuid: FieldType = { kind: "uuid" };
export const int: FieldType = { kind: "int" };
export const text: FieldType = { kind: "text" };
export const timestamp: FieldType = { kind: "timestamp" };
export const string = (max: number): FieldType => ({ kind: "string", max });
export const enumOf = (...values: readonly string[]): FieldType => ({ kind: "enum", values });

export function field(name: string, type: FieldType, more: Partial<Field> = {}): Field {
  return {
    name,
    role: "data",
    type,
    key: false,
    nullable: false,
    generated: "caller",
    unique: false,
    pii: false,
    ...more,
  };
}

export const key = (name = "id", type: FieldType = uuid): Field =>
  field(name, type, { key: true, generated: type.kind === "uuid" ? "client" : "caller" });

export const reference = (name: string, entity: string, to = "id"): Field =>
  field(name, uuid, { reference: { entity, field: to, onDelete: "restrict" } });

export const version = field("version", int, { role: "version", default: 1 });
export const timestamps: readonly Field[] = [
  field("createdAt", timestamp, { role: "createdAt" }),
  field("updatedAt", timestamp, { role: "updatedAt" }),
];
export const tenantField = field("tenantId", uuid, { role: "tenant" });

export function entity(name: string, fields: readonly Field[], more: Partial<Entity> = {}): Entity {
  return {
    name,
    fields,
    key: fields.filter((one) => one.key).map((one) => one.name),
    keyless: false,
    version: false,
    audit: false,
    softDelete: false,
    timestamps: false,
    indexes: [],
    unique: [],
    checks: {},
    dependencies: [],
    ...more,
  };
}

const quiet = { sla: {}, scale: { growth: 1 }, requires: [] } as const;

export function transactional(
  name: string,
  access: Readonly<Record<string, readonly Method[]>>,
  more: Partial<AuthorityWorkload> = {},
): AuthorityWorkload {
  return {
    kind: "transactional",
    name,
    ...quiet,
    entities: Object.keys(access),
    access: Object.entries(access).map(([of, methods]) => ({ entity: of, methods })),
    ...more,
  };
}

export function model(
  entities: readonly Entity[],
  workloads: readonly Workload[],
  more: Partial<Model> = {},
): Model {
  return {
    version: 1,
    project: "shop",
    output: { dir: "src/data", importExtension: ".ts", package: "." },
    stores: { running: [], never: [], hosting: "embedded", names: {} },
    entities,
    workloads,
    ...more,
  };
}

const portOf = (workload: Workload): "search" | "vector" | "cache" | "record" =>
  workload.kind === "search" || workload.kind === "vector" || workload.kind === "cache"
    ? workload.kind
    : "record";

type Place = "main" | "cache" | "search" | "vectors";

const engines: Readonly<Record<Place, string>> = {
  main: "alpha",
  cache: "beta",
  search: "gamma",
  vectors: "delta",
};

/** A Plan that puts caches into a store `cache` and everything else into `main`, or views into stores of their own. */
export function planFor(
  { project, workloads }: Model,
  views: "together" | "apart" = "together",
): Plan {
  const storeOf = ({ kind }: Workload): Place => {
    if (kind === "cache") return "cache";
    if (views === "together") return "main";
    return kind === "search" ? "search" : kind === "vector" ? "vectors" : "main";
  };
  const names = (["main", "cache", "search", "vectors"] as const).filter((name) =>
    workloads.some((one) => storeOf(one) === name),
  );
  return {
    project,
    stores: names.map((name) => {
      const served = workloads.filter((workload) => storeOf(workload) === name);
      return {
        name,
        engine: engines[name],
        env: `${name.toUpperCase()}_URL`,
        ports: [...new Set(served.map(portOf))],
        workloads: served.map((workload) => workload.name),
      };
    }),
    decisions: workloads.map((workload) => ({
      workload: workload.name,
      kind: workload.kind,
      port: portOf(workload),
      store: storeOf(workload),
      engine: engines[storeOf(workload)],
      reasons: [{ text: "it is there already", evidence: ["X-01"] }],
      scores: [{ engine: engines[storeOf(workload)], cost: 1, terms: { open: 1 } }],
      rejected: [],
      flips: [],
      requirementsHash: "0".repeat(64),
    })),
  };
}

/** The shop: tenant, version, audit, soft delete, owned child, composite key, aggregate, views: one of everything. */
export function shopModel(): Model {
  const customer = entity(
    "Customer",
    [
      key(),
      field("email", string(320), { unique: true, pii: true }),
      field("name", string(200), { column: "full_name" }),
      field("tier", enumOf("free", "pro"), { default: "free" }),
      ...timestamps,
    ],
    { comment: "Somebody who has ordered at least once.", timestamps: true },
  );
  const order = entity(
    "Order",
    [
      tenantField,
      key(),
      reference("customerId", "Customer"),
      field("status", enumOf("new", "paid", "shipped"), { default: "new" }),
      field("totalCents", int, {
        min: 0,
        comment: "Cents of the shop's currency; never negative.",
      }),
      field("discount", { kind: "decimal", precision: 5, scale: 2 }, { nullable: true }),
      field("placedAt", timestamp),
      field("note", text, { nullable: true, was: "remark" }),
      version,
      ...timestamps,
      field("deletedAt", timestamp, { role: "deletedAt", nullable: true }),
    ],
    {
      tenant: "tenantId",
      version: true,
      audit: true,
      softDelete: true,
      timestamps: true,
      indexes: [
        {
          terms: [
            { field: "status", direction: "asc" },
            { field: "placedAt", direction: "desc" },
          ],
          unique: false,
          where: "status <> 'shipped'",
        },
      ],
      unique: [["tenantId", "id"]],
      checks: { paidHasTotal: "status = 'new' or total_cents > 0" },
      dependencies: [{ determinant: ["customerId"], dependent: ["tenantId"] }],
    },
  );
  const line = entity(
    "OrderLine",
    [
      field("orderId", uuid, {
        role: "ownerKey",
        key: true,
        reference: { entity: "Order", field: "id", onDelete: "cascade" },
      }),
      key("lineNo", int),
      reference("productId", "Product"),
      field("quantity", int, { min: 1 }),
    ],
    { owner: "Order" },
  );
  return model([customer, order, line, product()], [orders(), catalogue(), ...views()], {
    stores: { running: [], never: [], hosting: "embedded", names: {} },
  });
}

function product(): Entity {
  return entity(
    "Product",
    [
      key(),
      field("sku", string(40), { unique: true }),
      field("title", string(200)),
      field("description", text),
      field("priceCents", int, { min: 0 }),
      field("stock", int, { min: 0 }),
      field("tags", { kind: "array", of: "string", max: 20 }),
      field(
        "attributes",
        {
          kind: "json",
          schema: {
            type: "object",
            properties: { colour: { type: "string" }, weightGrams: { type: "number" } },
            required: ["colour"],
            additionalProperties: false,
          },
        },
        { nullable: true },
      ),
      field("embedding", { kind: "vector", dimensions: 384, metric: "cosine" }, { nullable: true }),
      version,
      ...timestamps,
    ],
    { version: true, timestamps: true },
  );
}

const orders = (): AuthorityWorkload =>
  transactional(
    "orders",
    {
      Order: [
        { op: "get", name: "get" },
        {
          op: "list",
          name: "listByCustomer",
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
        },
        {
          op: "aggregate",
          name: "revenueByDay",
          where: [{ field: "placedAt", operator: "range" }],
          optional: [],
          groupBy: [{ field: "placedAt", unit: "day" }],
          measures: [{ kind: "sum", field: "totalCents" }, { kind: "count" }],
        },
        { op: "insert", name: "place", bulk: false },
        { op: "patch", name: "amend", fields: ["status", "note"] },
        { op: "upsert", name: "importAll", bulk: true },
        { op: "delete", name: "cancel" },
        { op: "history", name: "history" },
      ],
      Customer: [
        { op: "get", name: "get" },
        { op: "insert", name: "register", bulk: false },
      ],
    },
    {
      sla: { p99Ms: 50, availability: 99.95, consistency: "strong", rpoSeconds: 0 },
      scale: { rows: 50_000_000, readsPerSecond: 3000, writesPerSecond: 400, growth: 10 },
    },
  );

const catalogue = (): AuthorityWorkload =>
  transactional("catalogue", {
    Product: [
      { op: "get", name: "get" },
      { op: "increment", name: "reserve", field: "stock", by: "negative", floor: 0 },
      { op: "insert", name: "add", bulk: false },
    ],
  });

function views(): readonly Workload[] {
  return [
    {
      kind: "search",
      name: "product-search",
      ...quiet,
      sla: { p99Ms: 80, freshnessSeconds: 5 },
      from: "Product",
      language: "simple",
      fields: [
        { field: "title", weight: 3, facet: false },
        { field: "description", weight: 1, facet: false },
        { field: "tags", weight: 1, facet: true },
      ],
      methods: [
        {
          name: "search",
          text: ["title", "description"],
          filter: [
            { field: "tags", operator: "eq" },
            { field: "priceCents", operator: "range" },
          ],
          highlight: true,
          facets: ["tags"],
          page: "keyset",
        },
      ],
    },
    {
      kind: "vector",
      name: "similar-products",
      ...quiet,
      from: "Product",
      field: "embedding",
      methods: [
        {
          name: "nearest",
          filter: [{ field: "priceCents", operator: "range" }],
          hybridWith: "product-search",
        },
      ],
    },
    {
      kind: "cache",
      name: "product-cache",
      ...quiet,
      from: "Product",
      ttlMs: 900_000,
      memoryBytes: 268_435_456,
      eviction: "allkeys-lru",
    },
  ];
}
