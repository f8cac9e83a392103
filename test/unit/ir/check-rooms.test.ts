// Values out of the rooms that checks are given hold those checks, whichever they are.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OrderedField, roomsOf, type Spread } from "../../../src/ir/checks/rooms.ts";

const spread: Spread = {
  start: { number: 0, day: 20_000 },
  widths: { number: [1000, 100, 10, 2, 1], day: [1000, 1] },
};

const number = (name: string, more: Partial<OrderedField> = {}): OrderedField => ({
  name,
  column: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  unit: "number",
  holds: {},
  ...more,
});
const day = (name: string, more: Partial<OrderedField> = {}): OrderedField =>
  number(name, { unit: "day", ...more });

const found = (fields: readonly OrderedField[], ...conditions: readonly string[]) => {
  const { rooms, unread } = roomsOf(fields, conditions, spread);
  return { ...Object.fromEntries(rooms), unread };
};

const dates = [day("arrival"), day("departure")];
const stay = { arrival: { min: 20_000, max: 20_999 }, departure: { min: 21_000 }, unread: [] };

describe("a check of two fields", () => {
  test.each([
    "departure > arrival",
    "departure >= arrival",
    "arrival < departure",
    "arrival <= departure",
    "arrival <> departure",
    "CHECK ((departure > arrival))",
    '("departure" > "arrival")',
    "`departure` > `arrival`",
    "((departure)::date > (arrival)::timestamp with time zone)",
  ])("%s puts their rooms one after the other", (condition) => {
    expect(found(dates, condition)).toEqual(stay);
  });

  test("knows fields by their columns, too", () => {
    const fields = [number("paidCents"), number("totalCents")];
    expect(found(fields, "total_cents >= paid_cents and PAID_CENTS > 10")).toEqual({
      paidCents: { min: 11, max: 1010 },
      totalCents: { min: 1011 },
      unread: [],
    });
  });

  test("has less room between bounds", () => {
    const percent = { min: 0, max: 100 };
    expect(found([number("a", percent), number("b", percent)], "a < b")).toEqual({
      a: { min: 0, max: 9 },
      b: { min: 10, max: 100 },
      unread: [],
    });
  });

  test("holds for a field that is left out, too", () => {
    const guests = number("guests", { unasked: { min: 2, max: 2 } });
    expect(found([guests, number("beds")], "guests <= beds")).toMatchObject({
      beds: { min: 1000 },
    });
    expect(
      found([number("least"), number("most", { unasked: { min: 10, max: 10 } })], "least < most"),
    ).toMatchObject({ least: { min: 0, max: 9 } });
  });

  test("finds room beside defaults that meet", () => {
    const zero = { min: 0, unasked: { min: 0, max: 0 } };
    expect(found([number("paid", zero), number("total", zero)], "paid <= total")).toEqual({
      paid: { min: 0, max: 0 },
      total: { min: 1 },
      unread: [],
    });
  });
});

describe("a check of a value", () => {
  test.each([
    ["price > 10", { min: 11 }],
    ["10 < price", { min: 11 }],
    ["price >= 10.5", { min: 10.5 }],
    ["price between 1 and 8", { min: 1, max: 8 }],
    ["(price >= (1)::numeric) AND (price <= '8'::numeric(10,2))", { min: 1, max: 8 }],
    ["price > -3 and price < 0", { min: -2, max: -1 }],
    ["price <> 0", { min: 1 }],
    ["price = 7", { min: 7, max: 7 }],
    ["name = 'new' or price > 0", { min: 1 }],
  ])("%s", (condition, room) => {
    expect(found([number("price")], condition)).toEqual({ price: room, unread: [] });
  });

  test("finds room below one", () => {
    const rate = number("rate", { step: 0.01 });
    expect(found([rate], "rate > 0 and rate < 1")).toMatchObject({
      rate: { min: 0.01, max: 0.99 },
    });
  });

  test("of a day", () => {
    expect(found([day("born")], "born >= date '2040-01-01'")).toMatchObject({
      born: { min: Date.UTC(2040) / 86_400_000 },
    });
    const before = { born: { min: 9957, max: 10_956 } };
    expect(found([day("born")], "born < '2000-01-01'")).toMatchObject(before);
  });
});

describe("what is not read", () => {
  test.each([
    "departure > arrival + 1",
    "departure > now()",
    "departure > other",
    "not (departure > arrival)",
    "lower(arrival) = 'x'",
    "departure in (arrival)",
    "departure >",
    "",
    "'",
    "(departure > arrival",
    "arrival > departure and departure > arrival",
  ])("%j says nothing of values", (condition) => {
    expect(found(dates, condition)).toEqual({ unread: [condition] });
  });

  test("is found out soon, however long it is", () => {
    const number20 = Array.from({ length: 20 }, (_, at) => `(a <> ${at} or a > ${at})`).join(
      " and ",
    );
    const brackets = `${"(".repeat(50_000)}a > 1${")".repeat(50_000)}`;
    expect(found([number("a")], brackets).unread).toEqual([brackets]);
    expect(found([number("a")], `${number20} and a < 0 and a > 0`).unread).toHaveLength(1);
  });

  test("leaves what the other checks say", () => {
    expect(found(dates, "departure > arrival", "arrival > departure")).toEqual({
      ...stay,
      unread: ["arrival > departure"],
    });
  });
});

const names = ["a", "b", "c", "d", "e"];
const comparison = fc.record({
  left: fc.constantFrom(...names),
  operator: fc.constantFrom("<", "<=", ">", ">=", "<>"),
  right: fc.oneof(fc.constantFrom(...names), fc.integer({ min: -50, max: 5000 }).map(String)),
});
const conditions = fc.array(fc.array(comparison, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 4,
});

const holds = {
  "<": (l: number, r: number) => l < r,
  "<=": (l: number, r: number) => l <= r,
  ">": (l: number, r: number) => l > r,
  ">=": (l: number, r: number) => l >= r,
  "<>": (l: number, r: number) => l !== r,
} as const;

test("any values out of the rooms hold every check that was read", () => {
  fc.assert(
    fc.property(
      conditions,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
      (drawn, places) => {
        const texts = drawn.map((all) =>
          all.map(({ left, operator, right }) => `${left} ${operator} ${right}`).join(" and "),
        );
        const { rooms, unread } = roomsOf(
          names.map((name) => number(name)),
          texts,
          spread,
        );
        const values = new Map(
          names.map((name, at) => {
            const { min = -10_000, max = min + 20_000 } = rooms.get(name) ?? {};
            return [name, Math.round(min + (max - min) * (places[at] ?? 0))];
          }),
        );
        for (const [at, all] of drawn.entries()) {
          if (unread.includes(texts[at] ?? "")) continue;
          for (const { left, operator, right } of all)
            expect(
              holds[operator](values.get(left) ?? NaN, values.get(right) ?? Number(right)),
              texts[at],
            ).toBe(true);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("one comparison of two fields, or of one with a value, is always read", () => {
  fc.assert(
    fc.property(comparison, ({ left, operator, right }) => {
      fc.pre(left !== right);
      const { unread } = roomsOf(
        names.map((name) => number(name)),
        [`${left} ${operator} ${right}`],
        spread,
      );
      expect(unread).toEqual([]);
    }),
  );
});
