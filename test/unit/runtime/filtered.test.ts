// Filters as code without types gives them: what a method does not filter by would be passed over, and other rows shown.
import { expect, test } from "vitest";
import { filtered, type PortFilters } from "../../../templates/runtime/filtered.ts";

interface Orders {
  get(id: string): Promise<unknown>;
  listByCustomer(where: object, page: object): Promise<unknown>;
  find(query: string, filter: object): Promise<unknown>;
}

const filters: PortFilters<Orders> = {
  listByCustomer: {
    where: { customerId: "required", status: "optional", placedAt: "optional range" },
  },
  find: { filter: { price: "optional range" } },
};

const calls: unknown[] = [];
const sent = (...values: readonly unknown[]): Promise<unknown> => {
  calls.push(values);
  return Promise.resolve("sent");
};
const orders = filtered<Orders>("orders", filters, {
  get: sent,
  listByCustomer: sent,
  find: sent,
});

test.each([
  [{ customerId: "a" }],
  [{ customerId: "a", status: "paid" }],
  [{ customerId: "a", placedAt: {} }],
  [{ customerId: "a", placedAt: { min: 1 } }],
  [{ customerId: "a", placedAt: { min: undefined, max: 1 } }],
  [{ customerId: "a", status: undefined, other: undefined, placedAt: undefined }],
  [Object.assign(Object.create(null) as object, { customerId: "a" })],
  [Object.create({ customerId: "a" }) as object],
])("%j is taken as it is", async (where) => {
  await expect(orders.listByCustomer(where, {})).resolves.toBe("sent");
  expect(calls.at(-1)).toEqual([where, {}]);
});

const lacking = "where.customerId is required";
const noRange = "where.placedAt must be a range";

test.each([
  [undefined, "`where` must be an object"],
  [null, "`where` must be an object"],
  ["a", "`where` must be an object"],
  [{}, lacking],
  [new Date(0), lacking],
  [{ customerId: undefined, status: "paid" }, lacking],
  [
    { custmerId: "a", status: "paid" },
    '`where` has "custmerId", and this method filters by customerId, status, placedAt only',
  ],
  [{ customerId: null }, "where.customerId is null, by which nothing is filtered"],
  [{ customerId: "a", status: null }, "where.status is null, by which nothing is filtered"],
  [{ customerId: "a", placedAt: null }, "where.placedAt is null, by which nothing is filtered"],
  [
    { customerId: "a", placedAt: { max: null } },
    "where.placedAt.max is null, by which nothing is filtered",
  ],
  [{ customerId: "a", placedAt: new Date(0) }, noRange],
  [{ customerId: "a", placedAt: 7 }, noRange],
  [{ customerId: "a", placedAt: [1, 2] }, noRange],
  [{ customerId: "a", placedAt: { min: 1, maximum: 2 } }, noRange],
  [
    { customerId: "a", customer: "b", "no name": 1 },
    '`where` has "customer", a key of another form, and this method filters by customerId, status, placedAt only',
  ],
  [
    JSON.parse('{"customerId":"a","__proto__":{"status":"paid"}}'),
    '`where` has "__proto__", and this method filters by customerId, status, placedAt only',
  ],
])("%j is refused before anything is sent", async (where, message) => {
  const before = calls.length;
  await expect(orders.listByCustomer(where as object, {})).rejects.toMatchObject({
    name: "DataError",
    kind: "programming",
    operation: "orders.listByCustomer",
    message: `orders.listByCustomer: ${message}`,
  });
  expect(calls).toHaveLength(before);
});

test("the filter of a view is its second argument; what names nothing there must be a plain object", async () => {
  await expect(orders.find("a", {})).resolves.toBe("sent");
  class Asked {
    readonly price = undefined;
  }
  await expect(orders.find("a", new Asked())).resolves.toBe("sent");
  for (const slip of [[], new Date(0), new Map([["price", 1]]), Promise.resolve({}), undefined])
    await expect(orders.find("a", slip as object)).rejects.toMatchObject({
      kind: "programming",
      message: "orders.find: `filter` must be an object",
    });
});

test("a method without a filter is guarded like any other", async () => {
  await expect(orders.get("a")).resolves.toBe("sent");
});
