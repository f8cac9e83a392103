// The filters and updates of increments, as they are sent: what a server makes of an empty condition is no matter of taste.
import { type Document, Double, Int32, Long } from "mongodb";
import { expect, test } from "vitest";
import type { IncrementDeclaration } from "../../../templates/engines/mongodb/declaration.ts";
import { amount, incremented } from "../../../templates/engines/mongodb/increment.ts";
import {
  decimal128,
  double,
  int32,
  long,
  type NumberKind,
} from "../../../templates/engines/mongodb/number.ts";
import type { Collections } from "../../../templates/engines/mongodb/place.ts";

/** The commands of an increment whose server finds nothing that fits. */
async function sent<N>(
  number: NumberKind<N>,
  by: N,
  more: { readonly nullable?: true } = {},
): Promise<readonly Document[]> {
  const asked: Document[] = [];
  const collection = {
    findOneAndUpdate: async (filter: Document, update: Document) => {
      asked.push({ filter, update });
      return null;
    },
    findOne: async () => ({ _id: "a" }),
  };
  const method: IncrementDeclaration<unknown, N> = {
    operation: "items.add",
    effect: "write",
    of: { collection: "items", entity: "Item", decode: () => ({}), keyText: () => "" },
    property: "n",
    sign: "any",
    number,
    ...more,
  };
  const collections = { of: () => collection } as unknown as Collections;
  const place = { collections, limits: {}, tenant: undefined };
  await expect(incremented(place, method, "a", by, amount(method, by))).rejects.toMatchObject({
    kind: "constraint",
  });
  return asked;
}

const filters = async <N>(...given: Parameters<typeof sent<N>>): Promise<readonly Document[]> =>
  (await sent(...given)).map(({ filter }) => filter as Document);

test("a number without limits asks for nothing but its key, or for what is not null", async () => {
  expect(await filters(double({}), 0.5)).toEqual([{ _id: "a" }]);
  expect(await filters(long({}), 0n)).toEqual([{ _id: "a" }]);
  const nullable = [
    { _id: "a", n: { $ne: null } },
    { _id: "a", n: null },
  ];
  expect(await filters(double({}), 0.5, { nullable: true })).toEqual(nullable);
  expect(await filters(long({}), 0n, { nullable: true })).toEqual(nullable);
});

test("limits are conditions of the change itself, each with the type of its number", async () => {
  expect(await filters(double({ min: 0 }), -1)).toEqual([{ _id: "a", n: { $gte: 1 } }]);
  expect(await filters(int32({ min: 0 }), -1)).toEqual([
    { _id: "a", n: { $gte: 1, $lte: 2_147_483_648 } },
  ]);
  expect(await filters(long({ max: 5n }), 1n)).toEqual([
    { _id: "a", n: { $lte: Long.fromNumber(4) } },
  ]);
  // -2^63 fits no int64 that is to stay at 0 or more.
  expect(await filters(long({ min: 0n }), -(2n ** 63n))).toEqual([
    { _id: "a", n: { $gte: Long.MAX_VALUE, $lte: Long.MIN_VALUE } },
  ]);
  const [digits] = await filters(decimal128({}, 5, 2), "1.5");
  expect(JSON.stringify(digits)).toBe(
    '{"_id":"a","n":{"$gte":{"$numberDecimal":"-1001.49"},"$lte":{"$numberDecimal":"998.49"}}}',
  );
});

test("a limit of 35 digits is beyond every value, and no fault", async () => {
  const [filter] = await filters(decimal128({}, 34, 0), "9".repeat(34));
  expect(JSON.stringify(filter?.["n"])).toBe(
    '{"$gte":{"$numberDecimal":"-2.000000000000000000000000000000000E+34"},"$lte":{"$numberDecimal":"0"}}',
  );
});

test("no command of an increment holds an empty condition, whatever the number", async () => {
  const kinds = [
    sent(int32({}), 0),
    sent(int32({ min: 0, max: 9 }), 3),
    sent(long({}), 1n),
    sent(long({}), -(2n ** 63n)),
    sent(double({ max: 1 }), -1),
    sent(decimal128({}, 10, 0), "0", { nullable: true }),
  ];
  for (const commands of await Promise.all(kinds))
    for (const { filter } of commands)
      for (const condition of Object.values(filter as Document)) expect(condition).not.toEqual({});
});

test("what is added keeps its BSON type", async () => {
  const added = async <N>(number: NumberKind<N>, by: N): Promise<unknown> =>
    (await sent(number, by))[0]?.["update"].$inc.n;
  expect(await added(double({}), 1)).toEqual(new Double(1));
  expect(await added(long({}), 1n)).toEqual(Long.ONE);
  expect(await added(int32({}), 1)).toEqual(new Int32(1).valueOf());
});
