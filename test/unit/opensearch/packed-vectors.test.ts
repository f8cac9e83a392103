// Vectors as bytes: what an item was, it is again.
import fc from "fast-check";
import { expect, test } from "vitest";
import { packingOf } from "../../../templates/engines/opensearch/packed-vectors.ts";
import { vectorFromJson, vectorToJson } from "../../../templates/runtime/json.ts";

const shape = {
  id: "uuid",
  near: "vector(3)",
  far: "packed vector(3)?",
  lines: { no: "int", far: "packed vector(3)" },
};
const { pack, unpack } = packingOf(shape);

const vector = fc
  .array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((numbers) => vectorToJson(Float32Array.from(numbers)));
const item = fc.record({
  id: fc.uuid(),
  near: vector,
  far: fc.option(vector),
  lines: fc.array(fc.record({ no: fc.nat(), far: vector })),
});

test("an item comes back as it was, to the last bit of each number", () => {
  fc.assert(
    fc.property(item, (json) => {
      const stored: object = JSON.parse(JSON.stringify(pack(json))) as object;
      const got = unpack(stored) as typeof json;
      for (const [one, other] of [
        [got.far, json.far],
        ...got.lines.map(({ far }, at) => [far, json.lines[at]?.far]),
      ])
        expect(one && vectorFromJson(one)).toEqual(other && vectorFromJson(other));
      expect(got.lines.map(({ no }) => no)).toEqual(json.lines.map(({ no }) => no));
    }),
  );
});

test("only vectors that nothing is compared by are bytes; null and what is absent stay so", () => {
  const numbers = [0.5, -1, 3];
  expect(pack({ id: "a", near: numbers, far: numbers, lines: [] })).toEqual({
    id: "a",
    near: numbers,
    far: "AAAAPwAAgL8AAEBA",
    lines: [],
  });
  expect(pack({ id: "a", far: null })).toEqual({ id: "a", far: null });
  expect(unpack({ id: "a" })).toEqual({ id: "a" });
  const plain = { id: "a" };
  expect(packingOf({ id: "uuid" }).pack(plain)).toBe(plain);
});
