// Bounds of numbers that JSON does not hold exactly, from the spec to the validator and back. The emulator enforces no validator, so what one
// lets through is shown on documents in memory.
import { BSON, type Db, type Document } from "mongodb";
import { describe, expect, test } from "vitest";
import { compared } from "../../../src/engines/mongodb/schema/bounds.ts";
import { planner } from "../../../src/engines/mongodb/schema/planner.ts";
import { collectionsOf } from "../../../src/engines/mongodb/schema/state.ts";
import { foundObjects, wantedObjects } from "../../../templates/engines/mongodb/described.ts";
import { edited } from "../compat/versions.ts";
import { applied, Decimal, type Doc, finds, parsed } from "./documents.ts";
import { changed, commandsOf, contextOf, outline, press, stored, storeOf } from "./press.ts";

const withWords = (type: string, spec = press): string =>
  edited(spec, "words: { type: int, min: 0 }", `words: { ${type} }`);

/** The validator as a migration's file has it, its Extended JSON as values. */
function validatorOf(spec: string): Doc {
  const store = storeOf(spec);
  const { steps } = planner.diff(new Map(), planner.snapshot(store, "press"), contextOf(store));
  const [made] = commandsOf(steps[0]?.up ?? "");
  if (made === undefined || !("createCollection" in made)) throw new Error("no collection");
  return parsed(made.validator) as Doc;
}

const whole = { slug: "a", state: "draft", sections: [] };
const takes = (spec: string, words: unknown): boolean =>
  finds(validatorOf(spec), { ...whole, words });

test.each([
  ['type: bigint, min: "9007199254740993"', [9007199254740993n], [9007199254740992n]],
  ['type: bigint, max: "-9007199254740993"', [-9007199254740993n], [-9007199254740992n]],
  ['type: bigint, min: "5", max: 7', [5n, 7n], [4n, 8n]],
  [
    'type: decimal, precision: 20, scale: 2, min: "0.10", max: "99999999999999999.99"',
    [new Decimal("0.1"), new Decimal("99999999999999999.99")],
    [new Decimal("0.09"), new Decimal("100000000000000000.00")],
  ],
  [
    "type: decimal, precision: 5, scale: 1, min: 0.1",
    [new Decimal("0.1")],
    [new Decimal("0.0"), new Decimal("-1.0")],
  ],
])("%s", (type, fit, unfit) => {
  const spec = withWords(type);
  expect(fit.map((value) => takes(spec, value))).toEqual(fit.map(() => true));
  expect(unfit.map((value) => takes(spec, value))).toEqual(unfit.map(() => false));
});

test("an embedded document keeps its bounds, too", () => {
  const spec = edited(
    press,
    "text: { type: text }",
    'text: { type: decimal, precision: 9, scale: 4, min: "0.0001" }',
  );
  const validator = validatorOf(spec);
  const of = (text: string): boolean =>
    finds(validator, { ...whole, words: 1, sections: [{ no: 1, text: new Decimal(text) }] });
  expect([of("0.0001"), of("0.0000")]).toEqual([true, false]);
});

describe("a bound that changes", () => {
  const cents = (rest: string): string =>
    withWords(`type: decimal, precision: 12, scale: 2${rest}`);

  test("wider at once, narrower when documents are asked", () => {
    expect(outline(changed(cents(', min: "0.50"'), cents(', min: "0.05"')))).toEqual([
      "expand articles-widen-validator",
    ]);
    const change = changed(cents(', min: "0.05"'), cents(', min: "0.50"'));
    expect(outline(change)).toEqual(["contract articles-narrow-validator"]);
    const [ask] = commandsOf(change.steps[0]?.up ?? "");
    expect(ask).toEqual({
      refuse: "articles",
      filter: { words: { $lt: { $numberDecimal: "0.50" } } },
      reason: "words is less than 0.50",
    });
    const run = (digits: string) => () =>
      applied([{ words: new Decimal(digits) }], ask === undefined ? [] : [ask]);
    expect(run("0.49")).toThrow("words is less than 0.50");
    expect(run("0.50")).not.toThrow();
  });

  test("in its writing only is no change", () => {
    expect(changed(cents(", min: 5"), cents(', min: "5"')).steps).toEqual([]);
  });

  test("a store that was made without it gets it in the contract, after its documents are asked", () => {
    const after = cents(', max: "10.25"');
    const change = changed(cents(""), after);
    expect(outline(change)).toEqual(["contract articles-narrow-validator"]);
    expect(change.steps[0]).toMatchObject({ risks: ["breaks-old-code", "depends-on-data"] });
  });
});

test("digits that no stored value has are no bound; texts, days and moments have none that a schema knows", () => {
  const long = `1.${"0".repeat(40)}1`;
  const spec = withWords(`type: decimal, precision: 60, scale: 50, min: "${long}"`);
  expect(JSON.stringify(validatorOf(spec))).not.toContain("minimum");
  expect(JSON.stringify(validatorOf(withWords('type: date, min: "2026-01-31"')))).not.toContain(
    "minimum",
  );
});

test.each([
  [1, 2, -1],
  [2, 2, 0],
  [{ $numberLong: "9007199254740993" }, { $numberLong: "9007199254740992" }, 1],
  [{ $numberDecimal: "0.10" }, { $numberDecimal: "0.1" }, 0],
  [{ $numberDecimal: "-0.5" }, 0, -1],
  [{ $numberDecimal: "0.3" }, 0.25, 1],
  [1e-7, { $numberDecimal: "0.0000001" }, 0],
])("%o beside %o", (a, b, sign) => {
  expect(Math.sign(compared(a, b))).toBe(sign);
});

test("what a server gives back of such a validator is what the snapshot wants", async () => {
  const spec = withWords(
    'type: decimal, precision: 20, scale: 8, min: "0.00000010", max: "12345678901.5"',
    edited(
      press,
      "text: { type: text }",
      'text: { type: bigint, min: "9007199254740993", max: 5000000000000000 }',
    ).replace(
      'min: "9007199254740993", max: 5000000000000000',
      'min: 5000000000000000, max: "9007199254740993"',
    ),
  );
  const store = storeOf(spec);
  const snapshot = stored(planner.snapshot(store, "press"));
  const { steps } = planner.diff(new Map(), snapshot, contextOf(store));
  const [made] = BSON.EJSON.parse(steps[0]?.up ?? "", { relaxed: false }) as readonly Document[];
  const options = BSON.deserialize(BSON.serialize({ validator: made?.["validator"] }));
  const database = {
    listCollections: () => ({ toArray: async () => [{ name: "articles", options }] }),
    collection: () => ({ listIndexes: () => ({ toArray: async () => [] }) }),
  } as unknown as Db;
  const found = await foundObjects(database);
  const part = collectionsOf(snapshot).get("articles");
  if (part === undefined) throw new Error("no part");
  const wanted = [...wantedObjects("articles", part)].filter(([name]) =>
    name.startsWith("property"),
  );
  expect(wanted.map(([name]) => [name, found.get(name)])).toEqual(wanted);
  expect(found.get("property articles.words")).toContain('"$numberDecimal":"0.00000010"');
  expect(found.get("property articles.sections.text")).toContain("9007199254740993");
});
