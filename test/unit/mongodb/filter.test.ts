// What untyped code may give for a filter: what is passed over would find more documents than were meant.
import { expect, test } from "vitest";
import { int, text } from "../../../templates/engines/mongodb/codec.ts";
import { between, filterOf, optional } from "../../../templates/engines/mongodb/filter.ts";

const columns = { shop_id: "shopId" };
const filter = (where: Record<string, unknown>) =>
  filterOf(
    where,
    {
      shop_id: text().encode(where["shopId"] as string),
      words: optional(between("words", int()), where["words"] as object | undefined),
    },
    columns,
  );

test("what is given is asked, what is left out or undefined is not", () => {
  expect(filter({ shopId: "a" })).toEqual({ shop_id: "a", words: undefined });
  expect(filter({ shopId: "a", words: undefined, more: undefined })).toEqual({
    shop_id: "a",
    words: undefined,
  });
  expect(filter({ shopId: "a", words: { min: 1, max: 3 } })).toEqual({
    shop_id: "a",
    words: { $gte: 1, $lte: 3 },
  });
  expect(filter({ shopId: "a", words: { max: 3, min: undefined } })).toMatchObject({
    words: { $lte: 3 },
  });
  expect(filter({ shopId: "a", words: {} })).toEqual({ shop_id: "a", words: undefined });
});

test.each([
  [{ shopId: "a", shop_id: "a" }, /the filter has "shop_id".* asks by shopId, words only/],
  [{ shopId: "a", word: 1, wrods: 2 }, /the filter has "word", "wrods"/],
  [{ shopId: "a", [`x ${"y".repeat(60)}`]: 1 }, /the filter has a key of another form/],
  [{ shopId: "a", words: { min: 1, $ne: 2 } }, /the range of words has "\$ne"/],
  [Object.create({ shopId: "a", hidden: true }) as object, /the filter has "hidden"/],
])("another key is refused by its name: %o", (where, message) => {
  expect(() => filter(where as Record<string, unknown>)).toThrow(message);
  expect(() => filter(where as Record<string, unknown>)).toThrow(
    expect.objectContaining({ name: "DataError", kind: "programming" }),
  );
});

test.each([
  [{}, /a value is required: text/],
  [{ shopId: null }, /null is not taken: text/],
  [{ shopId: { $ne: "" } }, /text cannot hold an object/],
  [{ shopId: "a", words: null }, /null is not taken: words, a range/],
  [{ shopId: "a", words: 5 }, /words, a range .* cannot hold this number/],
  [{ shopId: "a", words: [1, 2] }, /the range of words has "0", "1"/],
  [{ shopId: "a", words: { min: null } }, /null is not taken: int/],
])("what is no value is refused: %o", (where, message) => {
  expect(() => filter(where)).toThrow(message);
});
