import { expect, test } from "vitest";
import { json } from "../../../templates/engines/mongodb/codec.ts";

test("JSON that the driver takes for a value of its own is refused at any depth", () => {
  const codec = json<unknown>();
  const own = [{ _bsontype: "x" }, { $ref: "a", $id: "b" }];
  for (const value of own)
    for (const wrong of [value, [value], { a: { b: value } }])
      expect(() => codec.encode(wrong)).toThrow("_bsontype");
  for (const value of [{ $ref: "#/a" }, { $id: "b" }, { a: [null, 1, "x", { $gt: 2 }] }, null, 0])
    expect(codec.encode(value)).toEqual(value);
});
