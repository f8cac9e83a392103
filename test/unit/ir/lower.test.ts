import { expect, test } from "vitest";
import { nameProblems } from "../../../src/ir/collisions.ts";
import { irProblems } from "../../../src/ir/problems.ts";
import { deadlineFor } from "../../../src/ir/deadline.ts";
import { lower } from "../../../src/ir/lower.ts";
import type { Ir } from "../../../src/ir/types.ts";
import type { Entity, Method } from "../../../src/spec/model.ts";
import {
  entity,
  enumOf,
  field,
  int,
  key,
  model,
  planFor,
  reference,
  shopModel,
  string,
  tenantField,
  timestamp,
  transactional,
} from "./models.ts";

const lowered = (...args: Parameters<typeof model>): Ir => {
  const made = model(...args);
  return lower(made, planFor(made));
};
const shop = (): Ir => {
  const made = shopModel();
  return lower(made, planFor(made));
};
const signatureOf = (ir: Ir, operation: string): string | undefined =>
  ir.stores
    .flatMap((store) => store.repositories.flatMap((repository) => repository.methods))
    .filter((method) => method.operation === operation)
    .map(
      ({ signature }) =>
        `(${signature.parameters.map((one) => `${one.name}${one.optional ? "?" : ""}: ${one.type}`).join(", ")}) => ${signature.returns}`,
    )[0];

test("equal input gives equal output, and the model is left as it was", () => {
  const made = shopModel();
  const before = JSON.stringify(made);
  expect(lower(made, planFor(made))).toEqual(shop());
  expect(JSON.stringify(made)).toBe(before);
});

test("the shop's signatures", () => {
  const ir = shop();
  expect(signatureOf(ir, "orders.get")).toBe(
    "(id: OrderId, options?: ReadOptions) => Order | undefined",
  );
  expect(signatureOf(ir, "orders.listByCustomer")).toBe(
    "(where: OrderListByCustomerFilter, page: PageRequest, options?: ReadOptions) => Page<Order>",
  );
  expect(signatureOf(ir, "orders.amend")).toBe(
    "(id: OrderId, patch: OrderAmendPatch, options?: VersionedWriteOptions) => Order",
  );
  expect(signatureOf(ir, "orders.importAll")).toBe(
    "(orders: readonly NewOrder[], options?: WriteOptions) => readonly Order[]",
  );
  expect(signatureOf(ir, "products.reserve")).toBe(
    "(id: ProductId, by: number, options?: WriteOptions) => Product",
  );
  expect(nameProblems(ir)).toEqual([]);
});

test("tenant and deletedAt are not on the entity, a child's owner key neither", () => {
  const order = shop().entities.find((one) => one.name === "Order");
  expect(order?.fields.filter((one) => !one.visible).map((one) => one.name)).toEqual([
    "tenantId",
    "deletedAt",
  ]);
  expect(
    order?.children.map((child) => [
      child.property,
      child.localKey.map((one) => one.name),
      child.ownerKey.map((one) => one.name),
    ]),
  ).toEqual([["lines", ["lineNo"], ["orderId"]]]);
});

const list = (name: string, where: readonly string[], order: readonly string[]): Method => ({
  op: "list",
  name,
  where: where.map((one) => ({ field: one, operator: "eq" })),
  optional: [],
  orderBy: order.map((one) => ({ field: one, direction: "asc" })),
  page: "keyset",
});

function indexesOf(target: Entity, methods: readonly Method[]): readonly (readonly string[])[] {
  const customer = entity("Customer", [key()]);
  const ir = lowered(
    [customer, target],
    [transactional("w", { [target.name]: methods, Customer: [] })],
  );
  const made = ir.entities.find((one) => one.name === target.name);
  return (made?.indexes ?? []).map((index) =>
    index.terms.map((term) => ("field" in term ? term.field.name : term.expression)),
  );
}

const ticket = (): Entity =>
  entity("Ticket", [
    key(),
    reference("customerId", "Customer"),
    field("state", enumOf("open", "done")),
    field("at", timestamp),
  ]);

test("a list's index leads with what equals and ends with what orders; what begins another index is not made", () => {
  expect(
    indexesOf(ticket(), [list("all", ["state"], ["at", "id"]), list("byState", ["state"], ["at"])]),
  ).toEqual([["state", "at", "id"], ["customerId"]]);
});

test("the index of a list serves the reference that it begins with", () => {
  expect(indexesOf(ticket(), [list("byCustomer", ["customerId"], ["at", "id"])])).toEqual([
    ["customerId", "at", "id"],
  ]);
});

test("a list by key alone needs no index", () => {
  expect(indexesOf(entity("Plain", [key(), field("n", int)]), [list("all", [], ["id"])])).toEqual(
    [],
  );
});

test("an order read backwards as a whole is the same index", () => {
  const backwards: Method = {
    ...list("b", [], []),
    op: "list",
    where: [],
    optional: [],
    page: "keyset",
    orderBy: [
      { field: "at", direction: "desc" },
      { field: "id", direction: "desc" },
    ],
  };
  expect(indexesOf(ticket(), [list("a", [], ["at", "id"]), backwards])).toEqual([
    ["at", "id"],
    ["customerId"],
  ]);
});

test("a user's index is not made a second time, a partial one does not stand for the whole", () => {
  const terms = [
    { field: "state", direction: "asc" as const },
    { field: "at", direction: "asc" as const },
  ];
  const whole = { ...ticket(), indexes: [{ terms, unique: false }] };
  const partial = { ...ticket(), indexes: [{ terms, unique: false, where: "state = 'open'" }] };
  expect(indexesOf(whole, [list("a", ["state"], ["at"])])).toEqual([
    ["state", "at"],
    ["customerId"],
  ]);
  expect(indexesOf(partial, [list("a", ["state"], ["at"])])).toEqual([
    ["state", "at"],
    ["state", "at"],
    ["customerId"],
  ]);
});

test("names that would be one are reported, never merged", () => {
  const clash = lowered(
    [
      entity("Order", [key(), field("userId", string(9)), field("userID", string(9))]),
      entity("Date", [key()]),
    ],
    [transactional("w", { Order: [{ op: "get", name: "get" }], Date: [] })],
  );
  const problems = nameProblems(clash);
  expect(problems.map(({ path }) => path)).toContain("entities.Order.fields.userID");
  expect(problems.map(({ path }) => path)).toContain("entities.Date");
});

test("a view cannot take the name of a repository or of the data layer's own methods", () => {
  const cache = {
    kind: "cache",
    sla: {},
    scale: { growth: 1 },
    requires: [],
    ttlMs: 1000,
    eviction: "allkeys-lru",
  } as const;
  const clash = lowered(
    [entity("Order", [key()])],
    [
      transactional("w", { Order: [{ op: "get", name: "get" }] }),
      { ...cache, name: "orders" },
      { ...cache, name: "for-tenant" },
      { ...cache, name: "default" },
    ],
  );
  expect(nameProblems(clash).map(({ path }) => path)).toEqual(
    expect.arrayContaining(["workloads.orders", "workloads.for-tenant", "workloads.default"]),
  );
});

test("a clash with a store that the spec does not name says what it is", () => {
  const clash = lowered(
    [entity("Order", [key()])],
    [
      transactional("w", { Order: [{ op: "get", name: "get" }] }),
      {
        name: "main",
        kind: "cache",
        sla: {},
        scale: { growth: 1 },
        requires: [],
        ttlMs: 1000,
        eviction: "allkeys-lru",
      },
    ],
  );
  expect(nameProblems(clash).map(({ text }) => text)).toContain(
    'the store "main" and workloads.main would both be the property of the data layer "main"',
  );
});

test.each([
  [[], 5000],
  [[50], 5000],
  [[10, 80], 1000],
  [[1], 1000],
  [[10, 4000], 12_000],
])("p99 targets %j give the deadline %i ms", (targets, expected) =>
  expect(deadlineFor(targets)).toBe(expected),
);

test("a read-through cache needs a get that every caller may use", () => {
  const cache = {
    kind: "cache",
    name: "cached",
    from: "Order",
    sla: {},
    scale: { growth: 1 },
    requires: [],
    ttlMs: 1000,
    eviction: "allkeys-lru",
  } as const;
  const get: Method = { op: "get", name: "get" };
  const plain = entity("Order", [key()]);
  const scoped = entity("Order", [tenantField, key()], { tenant: "tenantId" });
  const paths = (target: Entity, methods: readonly Method[]): readonly string[] =>
    irProblems(lowered([target], [transactional("w", { Order: methods }), cache])).map(
      ({ path }) => path,
    );
  expect(paths(plain, [get])).toEqual([]);
  expect(paths(plain, [])).toEqual(["workloads.cached.from"]);
  expect(paths(scoped, [get])).toEqual(["workloads.cached.from"]);
});
