import fc from "fast-check";
import { expect, test } from "vitest";
import { storedType } from "../../../src/engines/opensearch/fields.ts";
import {
  equal,
  equalDecimal,
  equalUuid,
  withinDecimal,
} from "../../../templates/engines/opensearch/filter.ts";

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

test.each([
  [{ max: "0.005" }, { lte: "0e-2" }],
  [{ max: "-0.005" }, { lte: "-1e-2" }],
  [
    { min: "0.014", max: "1" },
    { gte: "2e-2", lte: "100e-2" },
  ],
  [
    { min: "-0.014", max: "+.5" },
    { gte: "-1e-2", lte: "50e-2" },
  ],
  [{ min: "9999999999.991" }, { gte: "1000000000000e-2" }],
  [{ max: `${"9".repeat(400)}.5` }, { lte: "1000000000000000000e-2" }],
])("a bound of finer digits goes inwards to the next value: %j", (range, bounds) => {
  expect(withinDecimal("item.price", range, 2)).toEqual([{ range: { "item.price": bounds } }]);
});

test("a decimal of finer digits is nobody's; one that is no number is refused", () => {
  expect(equalDecimal("item.price", "1.2500", 2)).toEqual(equal("item.price", "125e-2"));
  expect(equalDecimal("item.price", "0.005", 2)).toEqual([{ match_none: {} }]);
  expect(equalDecimal("item.price", undefined, 2)).toEqual([]);
  expect(withinDecimal("item.price", {}, 2)).toEqual([]);
  for (const text of ["", ".", "-", "1e3", "1,5", " 1", "NaN", "0x10"]) {
    expect(() => equalDecimal("item.price", text, 2)).toThrow("item.price");
    expect(() => withinDecimal("item.price", { min: text }, 2)).toThrow("item.price");
  }
});

test("whatever its digits, a range has the values that an exact comparison finds in it", () => {
  const finest = 6;
  const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
  const near = fc.bigInt({ min: -(10n ** 7n), max: 10n ** 7n });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4 }),
      near,
      near,
      fc.oneof(near, units),
      (scale, min, max, amount) => {
        const range = { min: decimal(min, finest), max: decimal(max, finest) };
        const [clause] = withinDecimal("p", range, scale);
        const bounds = Object(clause).range.p as { readonly gte: string; readonly lte: string };
        const value = Number(decimal(amount, scale));
        const found = value >= Number(bounds.gte) && value <= Number(bounds.lte);
        const exact = amount * 10n ** BigInt(finest - scale);
        expect(found).toBe(exact >= min && exact <= max);
        const sought = equalDecimal("p", range.min, scale)[0];
        const whole = min % 10n ** BigInt(finest - scale) === 0n;
        expect(Object.hasOwn(Object(sought), "term")).toBe(whole);
      },
    ),
    { seed: 20_261_122, numRuns: 5_000 },
  );
});

/** `-1250` with two digits → `-12.50` */
function decimal(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const at = digits.length - scale;
  const plain = scale === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`;
  return `${units < 0n ? "-" : ""}${plain}`;
}
