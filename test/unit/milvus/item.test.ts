// What a row's JSON lacks of what this code's entity has, and what it owns.
import { expect, test } from "vitest";
import type { ItemShape } from "../../../templates/engines/milvus/definition.ts";
import { itemOf } from "../../../templates/engines/milvus/item.ts";

const shape: ItemShape = {
  id: "value",
  note: "nullable",
  lines: { sku: "value", remark: "nullable" },
};

const read = (json: object) =>
  itemOf(
    { name: "v", shape, fromJson: (item: unknown) => item } as never,
    JSON.stringify(json),
    new Float32Array(),
  );

test("an item that has every property is given as it is", () => {
  const item = { id: 1, note: null, lines: [{ sku: "a", remark: "b" }] };
  expect(read(item)).toEqual(item);
});

test("what may be null is null where earlier code wrote none, in what is owned, too", () => {
  expect(read({ id: 1, lines: [{ sku: "a" }] })).toEqual({
    id: 1,
    note: null,
    lines: [{ sku: "a", remark: null }],
  });
});

test.each([
  [{ note: "a", lines: [] }, "id"],
  [{ id: null, lines: [] }, "id"],
  [{ id: 1 }, "lines"],
  [{ id: 1, lines: [{ sku: "a" }, { remark: "b" }] }, "lines.sku"],
])("%j lacks %s", (json, lacking) => {
  expect(() => read(json)).toThrow(
    `the view v was built by another version of this code: its items lack ${lacking}`,
  );
});
