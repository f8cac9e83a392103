import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Branded } from "../../../templates/runtime/brand.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import {
  bigintKey,
  intKey,
  newUuidKey,
  stringKey,
  uuidKey,
  uuidTenant,
} from "../../../templates/runtime/keys.ts";
import { keyset, pageLimit, pageOf } from "../../../templates/runtime/keyset.ts";
import { uuidV7 } from "../../../templates/runtime/uuid.ts";

const seed = 20261121;

const kindOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return isDataError(error) ? `${error.kind} ${error.message}` : "foreign";
  }
  return "accepted";
};

test("a tenant is a UUID in one form, in every store", () => {
  const id = "0190d6f0-0000-7000-8000-00000000000a";
  expect(uuidTenant(id)).toBe(id);
  expect(uuidTenant(id.toUpperCase())).toBe(id);
  for (const text of ["", "shop", ` ${id}`, `${id}\n`, id.replaceAll("-", "")])
    expect(kindOf(() => uuidTenant(text))).toBe("programming the tenant must be a UUID");
  expect(kindOf(() => uuidTenant(JSON.parse("null")))).toContain("programming");
});

describe("uuidV7", () => {
  test("has version, variant and the time of RFC 9562", () => {
    const before = Date.now();
    const id = uuidV7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  });

  test("100,000 in a row are strictly increasing, also when the clock steps back", () => {
    const real = Date.now;
    let last = uuidV7();
    for (let index = 0; index < 100_000; index++) {
      if (index === 50_000) Date.now = () => real() - 60_000;
      const next = uuidV7();
      if (next <= last) expect.fail(`${next} after ${last}`);
      last = next;
    }
    Date.now = real;
  });
});

describe("keys", () => {
  const orderId = uuidKey<Branded<"Order">>("Order");

  test("a uuid of any version and case is taken, in lower case", () => {
    expect(orderId("0190E9F4-1B2C-7ABC-8DEF-0123456789AB")).toBe(
      "0190e9f4-1b2c-7abc-8def-0123456789ab",
    );
    expect(orderId(newUuidKey<Branded<"Order">>())).toHaveLength(36);
  });

  test.each([
    "",
    "x",
    "0190e9f41b2c7abc8def0123456789ab",
    "0190e9f4-1b2c-7abc-8def-0123456789ab\n",
    "' or 1=1",
  ])("%j is refused without being repeated", (text) => {
    const said = kindOf(() => orderId(text));
    expect(said).toBe("programming the key of Order must be a UUID");
  });

  test("texts have a length and no NUL, numbers are safe, bigints have 64 bits", () => {
    const sku = stringKey<Branded<"Sku">>("Product", 4);
    expect(sku("ab-1")).toBe("ab-1");
    for (const text of ["", "abcde", "a\0b"])
      expect(kindOf(() => sku(text))).toContain("1 to 4 characters");
    expect(intKey<Branded<"Line", number>>("Line")(7)).toBe(7);
    for (const value of [1.5, Number.NaN, 2 ** 53])
      expect(kindOf(() => intKey("Line")(value))).toContain("programming");
    expect(bigintKey<Branded<"Row", bigint>>("Row")(-(2n ** 63n))).toBe(-(2n ** 63n));
    expect(kindOf(() => bigintKey("Row")(2n ** 63n))).toContain("64-bit");
  });
});

describe("keyset", () => {
  const byPlaced = keyset("orders.listByCustomer", "placed_at desc, id desc", 2);

  test("property: any row values come back", () => {
    const value = fc.option(fc.string({ unit: "grapheme" }), { nil: null });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(byPlaced.decode(byPlaced.encode([a, b]))).toEqual([a, b]);
      }),
      { seed },
    );
  });

  test("a cursor of another list, order or width is refused", () => {
    const others = [
      keyset("orders.listByCustomer", "placed_at asc, id desc", 2).encode(["a", "b"]),
      keyset("orders.listByStatus", "placed_at desc, id desc", 2).encode(["a", "b"]),
      byPlaced.encode(["a"]),
      Buffer.from(JSON.stringify(["", "a", "b"])).toString("base64url"),
    ];
    for (const cursor of others)
      expect(kindOf(() => byPlaced.decode(cursor))).toContain("not a cursor of this list");
  });

  test("a cursor that was touched is refused, of whatever length it is", () => {
    for (const key of ["", "a", "ab", "abc", "abcd", "abcde"]) {
      const cursor = byPlaced.encode([key, "b"]);
      for (const touched of [`${cursor}x`, `${cursor}=`, `${cursor}!`, ` ${cursor}`, `${cursor}\n`])
        expect(
          kindOf(() => byPlaced.decode(touched)),
          touched,
        ).toContain("not a cursor");
    }
  });

  test("a cursor of an answer is refused under any other query, filter or tenant, and holds none of them", () => {
    const answer = ["tenant", { fixed: ["secret words", 7n], optional: [undefined, null] }];
    const cursor = byPlaced.encode(["0.5", "key"], answer);
    expect(byPlaced.decode(cursor, structuredClone(answer))).toEqual(["0.5", "key"]);
    for (const other of [
      undefined,
      ["other", answer[1]],
      ["tenant", { fixed: ["secret word", 7n], optional: [undefined, null] }],
      ["tenant", { fixed: ["secret words", "7"], optional: [undefined, null] }],
      ["tenant", { fixed: ["secret words", 7n], optional: [null, undefined] }],
    ])
      expect(kindOf(() => byPlaced.decode(cursor, other))).toContain("not a cursor of this");
    expect(Buffer.from(cursor, "base64url").toString()).toMatch(/^\["\w{1,7}","0\.5","key"\]$/);
  });

  test("property: arbitrary text is refused with a programming error, never anything else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
        expect(kindOf(() => byPlaced.decode(text))).toMatch(/^programming .*not a cursor/);
      }),
      { seed, numRuns: 1_000 },
    );
    expect(kindOf(() => byPlaced.decode("A".repeat(10_000_000)))).toContain("programming");
  });

  test("what is no text, as untyped code may give it, is no cursor", () => {
    for (const after of [null, 7, {}, ["a"]])
      expect(kindOf(() => byPlaced.decode(after as never))).toMatch(/^programming .*not a cursor/);
  });

  test("a page names limit and after only", () => {
    for (const page of [{}, { limit: 5, after: "a" }, { limit: undefined, offset: undefined }])
      expect(pageOf("o", page)).toBe(page);
    for (const page of [undefined, null, 3, { offset: 20 }, { limit: 2, cursor: "a" }])
      expect(kindOf(() => pageOf("o", page as never))).toMatch(/^programming o: `page` /);
  });

  test("limit is 1 to 1,000, 50 by default", () => {
    expect([pageLimit("o", undefined), pageLimit("o", 1), pageLimit("o", 1_000)]).toEqual([
      50, 1, 1_000,
    ]);
    for (const limit of [0, -1, 1.5, 1_001, Number.NaN])
      expect(kindOf(() => pageLimit("o", limit))).toContain("programming");
  });
});
