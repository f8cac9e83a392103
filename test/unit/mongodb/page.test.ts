import fc from "fast-check";
import { Int32, type Document } from "mongodb";
import { expect, test } from "vitest";
import type { OrderTerm } from "../../../templates/engines/mongodb/declaration.ts";
import { afterFilter, cursorValues, sortOf } from "../../../templates/engines/mongodb/page.ts";

/** The part of MongoDB's query language that pages use, as its manual tells it: null equals what is missing, and a comparison meets values of its own type only. */
function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === "$or") return (condition as Document[]).some((one) => matches(document, one));
    if (name === "$and") return (condition as Document[]).every((one) => matches(document, one));
    return holds(document[name] ?? null, condition);
  });
}

/** Cursors keep the BSON type of their values. */
const plain = (value: unknown): unknown => (value instanceof Int32 ? value.valueOf() : value);

function holds(value: unknown, given: unknown): boolean {
  const condition = plain(given);
  if (typeof condition !== "object" || condition === null) return value === condition;
  return Object.entries(condition).every(([operator, wrapped]) => {
    const operand = plain(wrapped);
    if (operator === "$ne") return value !== operand;
    if (operand === null || typeof value !== typeof operand) return false;
    const [a, b] = [value as number, operand as number];
    if (operator === "$gt") return a > b;
    if (operator === "$gte") return a >= b;
    return operator === "$lt" ? a < b : a <= b;
  });
}

/** Null, and what is missing, sorts before every number. */
const rank = (value: unknown): number => (typeof value === "number" ? value : -Infinity);

function sorted(documents: readonly Document[], sort: Record<string, 1 | -1>): Document[] {
  return documents.toSorted((a, b) => {
    for (const [name, direction] of Object.entries(sort)) {
      const difference = rank(a[name]) - rank(b[name]);
      if (difference !== 0 && !Number.isNaN(difference)) return difference * direction;
    }
    return 0;
  });
}

const direction = fc.constantFrom("asc" as const, "desc" as const);
const small = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined, freq: 3 });
const value = fc.oneof(small, fc.constant(null));

test("pages of any size give every document once and in order, whatever is null or missing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: value, b: value }), { maxLength: 12 }),
      fc.tuple(direction, direction, direction),
      fc.integer({ min: 1, max: 5 }),
      (rows, [a, b, id], size) => {
        const documents = rows.map((row, at): Document => ({ ...row, _id: at }));
        const order: readonly OrderTerm[] = [
          { property: "a", direction: a, nullable: true },
          { property: "b", direction: b, nullable: true },
          { property: "_id", direction: id },
        ];
        const whole = sorted(documents, sortOf(order));
        const seen: Document[] = [];
        for (let pages = 0; pages < 20; pages += 1) {
          const last = seen.at(-1);
          const filter = last === undefined ? {} : afterFilter(cursorValues(last, order), order);
          const page = sorted(
            documents.filter((one) => matches(one, filter)),
            sortOf(order),
          ).slice(0, size);
          seen.push(...page);
          if (page.length < size) break;
        }
        expect(seen).toEqual(whole);
      },
    ),
    { seed: 20_261_121, numRuns: 400 },
  );
});

test("the first term bounds what an index has to read", () => {
  const order: readonly OrderTerm[] = [
    { property: "at", direction: "desc" },
    { property: "_id", direction: "desc" },
  ];
  const filter = afterFilter(cursorValues({ at: 5, _id: "x" }, order), order);
  expect(filter).toMatchObject({ at: { $lte: new Int32(5) } });
});
