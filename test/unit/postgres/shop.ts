import type { Entity, Workload } from "../../../src/spec/model.ts";
import { entity, field, int, mainStore, text, timestamp, transactional, uuid } from "./model.ts";

/** A shop that uses every part of the engine: tenant, audit, soft delete, version, children, arrays, decimal, json, search, vectors. */

const customer = entity({
  name: "Customer",
  comment: "Somebody who has ordered at least once; O'Hara's \\ too.",
  fields: [
    field("id", uuid, { key: true }),
    field("email", { kind: "string", max: 320 }, { unique: true, pii: true }),
    field("name", { kind: "string", max: 200 }, { column: "full_name" }),
    field("tier", { kind: "enum", values: ["free", "pro"] }, { default: "free" }),
  ],
  softDelete: true,
});

const product = entity({
  name: "Product",
  version: true,
  fields: [
    field("id", uuid, { key: true }),
    field("sku", { kind: "string", max: 40 }, { unique: true }),
    field("title", { kind: "string", max: 200 }),
    field("description", text),
    field("priceCents", int, { min: 0 }),
    field("stock", int, { min: 0, default: 0 }),
    field("tags", { kind: "array", of: "string", max: 20 }, { default: [] }),
    field("attributes", { kind: "json" }, { nullable: true }),
    field("photo", { kind: "binary" }, { nullable: true }),
    field("weight", { kind: "float" }, { nullable: true }),
    field("embedding", { kind: "vector", dimensions: 3, metric: "cosine" }, { nullable: true }),
  ],
});

const order = entity({
  name: "Order",
  tenant: "branchId",
  version: true,
  audit: true,
  softDelete: true,
  fields: [
    field("id", uuid, { key: true }),
    field("customerId", uuid, {
      reference: { entity: "Customer", field: "id", onDelete: "restrict" },
    }),
    field("status", { kind: "enum", values: ["new", "paid", "shipped"] }, { default: "new" }),
    field("totalCents", int, { min: 0 }),
    field("discount", { kind: "decimal", precision: 5, scale: 2 }, { nullable: true }),
    field("placedAt", timestamp),
    field("note", text, { nullable: true }),
  ],
  indexes: [
    {
      terms: [
        { field: "status", direction: "asc" },
        { field: "placedAt", direction: "desc" },
      ],
      where: "status <> 'shipped'",
      unique: false,
      comment: "The packing list.",
    },
    { terms: [{ expression: "lower(note)" }], unique: false },
  ],
  checks: { paidHasTotal: "status = 'new' or total_cents > 0" },
});

const orderLine = entity({
  name: "OrderLine",
  owner: "Order",
  timestamps: false,
  key: ["orderId", "lineNo"],
  fields: [
    field("orderId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
    field("lineNo", int, { key: true, min: 1 }),
    field("productId", uuid, {
      reference: { entity: "Product", field: "id", onDelete: "restrict" },
    }),
    field("quantity", int, { min: 1 }),
    field("labels", { kind: "array", of: "string" }, { default: [] }),
  ],
});

/** Key made by the database, composite reference target, a self reference. */
const ticket = entity({
  name: "Ticket",
  fields: [
    field("number", { kind: "bigint" }, { key: true, generated: "database" }),
    field(
      "parent",
      { kind: "bigint" },
      { nullable: true, reference: { entity: "Ticket", field: "number", onDelete: "set-null" } },
    ),
    field("order", text, { comment: "A reserved word as a column." }),
    field("points", { kind: "bigint" }, { default: 0 }),
    field("votes", int, { nullable: true }),
    field("due", { kind: "date" }, { nullable: true }),
    field("open", { kind: "boolean" }, { default: true }),
  ],
});

/** Composite key. */
const rating = entity({
  name: "Rating",
  version: true,
  key: ["productId", "customerId"],
  fields: [
    field("productId", uuid, {
      key: true,
      generated: "caller",
      reference: { entity: "Product", field: "id", onDelete: "cascade" },
    }),
    field("customerId", uuid, {
      key: true,
      generated: "caller",
      reference: { entity: "Customer", field: "id", onDelete: "cascade" },
    }),
    field("stars", int, { min: 1, max: 5 }),
  ],
});

export const entities: readonly Entity[] = [customer, product, order, orderLine, ticket, rating];

export const workloads: readonly Workload[] = [
  transactional("orders", {
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
        measures: [
          { kind: "sum", field: "totalCents" },
          { kind: "avg", field: "discount" },
          { kind: "count" },
        ],
      },
      { op: "insert", name: "place", bulk: false },
      { op: "insert", name: "placeAll", bulk: true },
      { op: "patch", name: "amend", fields: ["status", "note", "discount"] },
      { op: "upsert", name: "importAll", bulk: true },
      { op: "upsert", name: "save", bulk: false },
      { op: "delete", name: "cancel" },
      { op: "history", name: "history" },
    ],
    Customer: [
      { op: "get", name: "get" },
      { op: "insert", name: "register", bulk: false },
      { op: "delete", name: "forget" },
    ],
    Ticket: [
      { op: "get", name: "get" },
      { op: "insert", name: "raise", bulk: false },
      { op: "insert", name: "raiseAll", bulk: true },
      { op: "delete", name: "drop" },
      { op: "increment", name: "vote", field: "votes", by: "any" },
      { op: "increment", name: "voteFor", field: "votes", by: "positive" },
      { op: "increment", name: "score", field: "points", by: "any", floor: -10, ceiling: 10 },
      {
        op: "list",
        name: "byDue",
        where: [],
        optional: [{ field: "due", operator: "range" }],
        orderBy: [
          { field: "due", direction: "asc" },
          { field: "number", direction: "desc" },
        ],
        page: "keyset",
      },
    ],
    Rating: [
      { op: "get", name: "get" },
      { op: "upsert", name: "rate", bulk: false },
      { op: "patch", name: "change", fields: ["stars"] },
      { op: "delete", name: "withdraw" },
      {
        op: "aggregate",
        name: "byProduct",
        where: [],
        optional: [{ field: "productId", operator: "eq" }],
        groupBy: [{ field: "productId" }],
        measures: [
          { kind: "avg", field: "stars" },
          { kind: "min", field: "stars" },
          { kind: "count" },
        ],
      },
    ],
  }),
  transactional("catalogue", {
    Product: [
      { op: "get", name: "get" },
      { op: "insert", name: "add", bulk: false },
      { op: "upsert", name: "importAll", bulk: true },
      {
        op: "patch",
        name: "reprice",
        fields: ["priceCents", "title", "tags", "embedding", "attributes"],
      },
      { op: "increment", name: "reserve", field: "stock", by: "negative", floor: 0 },
      {
        op: "list",
        name: "byTag",
        where: [{ field: "tags", operator: "eq" }],
        optional: [],
        orderBy: [{ field: "id", direction: "asc" }],
        page: "none",
      },
    ],
  }),
  {
    name: "product-search",
    kind: "search",
    from: "Product",
    language: "english",
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
    sla: {},
    requires: [],
    scale: { growth: 1 },
  },
  {
    name: "similar-products",
    kind: "vector",
    from: "Product",
    field: "embedding",
    methods: [
      {
        name: "nearest",
        filter: [{ field: "priceCents", operator: "range" }],
        hybridWith: "product-search",
      },
    ],
    sla: {},
    requires: [],
    scale: { growth: 10, rows: 200_000 },
  },
];

export const shop = mainStore(entities, workloads);
