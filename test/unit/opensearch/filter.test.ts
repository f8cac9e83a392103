import { expect, test } from "vitest";
import { storedType } from "../../../src/engines/opensearch/fields.ts";
import { equal, equalUuid } from "../../../templates/engines/opensearch/filter.ts";

test("a text that the index does not hold by itself is refused, not passed over", () => {
  expect(equal("item.code", "z".repeat(8_191))).toHaveLength(1);
  expect(() => equal("item.code", "z".repeat(8_192))).toThrow("item.code");
  expect(storedType({ kind: "text" }).lossy).toContain("8,191");
  expect(storedType({ kind: "string", max: 8_191 }).lossy).toBeUndefined();
});

test("a UUID is asked for in the form that is kept", () => {
  const id = "abcdef01-0000-4000-8000-00000000000a";
  expect(equalUuid("item.owner", id.toUpperCase())).toEqual(equal("item.owner", id));
  expect(equalUuid("item.owner", undefined)).toEqual([]);
  expect(() => equalUuid("item.owner", "nobody")).toThrow("UUID");
});
