import { expect, test } from "vitest";
import type { LintSource } from "../../../src/migrate/step.ts";
import { lint } from "../../../src/engines/mongodb/lint/lint.ts";

type Phase = NonNullable<LintSource["phase"]>;

const source = (commands: readonly object[], more: Partial<LintSource> = {}): LintSource => ({
  text: JSON.stringify(
    commands.map((command) => ({ step: "one", ...command })),
    null,
    2,
  ),
  steps: [{ name: "one", transactional: true }],
  fresh: [],
  phase: "expand",
  ...more,
});

const found = async (commands: readonly object[], more: Partial<LintSource> = {}) =>
  (await lint(source(commands, more))).map(({ rule, severity }) => [rule, severity]);

const validator = (required: readonly string[], properties: object) => ({
  $jsonSchema: { bsonType: "object", required, properties },
});
const plain = validator(["a"], { a: { bsonType: "int" } });

test.each([
  ["dropCollection", { dropCollection: "notes" }, "drop-collection-in-use"],
  [
    "$unset",
    { updateMany: "notes", filter: {}, update: [{ $unset: "a" }] },
    "drop-property-in-use",
  ],
  [
    "$rename",
    { updateMany: "notes", filter: {}, update: { $rename: { a: "b" } } },
    "rename-property-in-use",
  ],
] as const)("%s is an error until the phase contract", async (_, command, rule) => {
  const batched = { steps: [{ name: "one", transactional: true, batch: { keys: 1, size: 5 } }] };
  for (const phase of ["expand", "backfill"] as const satisfies readonly Phase[])
    expect(await found([command], { ...batched, phase })).toEqual([[rule, "error"]]);
  expect(await found([command], { ...batched, phase: "contract" })).toEqual([]);
});

test("a unique index on a filled collection comes with the query that finds its duplicates", async () => {
  const indexes = [{ key: { "a.b": 1, c: 1 }, name: "x", unique: true }];
  const [one] = await lint(source([{ createIndexes: "notes", indexes }]));
  expect(one?.rule).toBe("unique-index-on-filled-collection");
  expect(one?.recipe).toContain('_id: { "a_b": "$a.b", "c": "$c" }');
  expect(await found([{ createIndexes: "notes", indexes }], { fresh: ["notes"] })).toEqual([]);
  expect(await found([{ createCollection: "notes" }, { createIndexes: "notes", indexes }])).toEqual(
    [],
  );
});

test("an index that expires documents, a renamed collection, an update in one go", async () => {
  expect(
    await found([
      { createIndexes: "notes", indexes: [{ key: { a: 1 }, name: "t", expireAfterSeconds: 0 }] },
      { renameCollection: "notes", to: "pages" },
      { updateMany: "pages", filter: {}, update: { $set: { a: 1 } } },
    ]),
  ).toEqual([
    ["ttl-index-on-filled-collection", "warning"],
    ["rename-collection", "warning"],
    ["update-without-batches", "warning"],
  ]);
});

test.each([
  ["one more required property", validator(["a", "b"], { a: { bsonType: "int" } })],
  ["a narrower type", validator(["a"], { a: { bsonType: "int", minimum: 1 } })],
  [
    "a narrower child",
    validator(["a"], {
      a: { bsonType: "int" },
      lines: {
        bsonType: "array",
        items: { bsonType: "object", required: ["no"], properties: {} },
      },
    }),
  ],
] as const)("a validator that asks for %s breaks code of before", async (_, narrow) => {
  const before = validator(["a"], {
    a: { bsonType: "int" },
    lines: { bsonType: "array", items: { bsonType: "object", properties: {} } },
  });
  const history = [JSON.stringify([{ step: "x", createCollection: "notes", validator: before }])];
  const command = { setValidator: "notes", validator: narrow };
  expect(await found([command], { history })).toEqual([["validator-narrowed-in-use", "error"]]);
  expect(await found([command], { history, phase: "contract" })).toEqual([]);
  expect(await found([{ setValidator: "notes", validator: before }], { history })).toEqual([]);
});

test("a validator follows a renamed collection, and one that is not known is not judged", async () => {
  const history = [
    JSON.stringify([{ step: "x", createCollection: "notes", validator: plain }]),
    JSON.stringify([{ step: "x", renameCollection: "notes", to: "pages" }]),
  ];
  const narrow = { validator: validator(["a", "b"], {}) };
  expect(await found([{ setValidator: "pages", ...narrow }], { history })).toEqual([
    ["validator-narrowed-in-use", "error"],
  ]);
  expect(await found([{ setValidator: "others", ...narrow }], { history })).toEqual([]);
});

test("a copied property goes stale while code of before writes", async () => {
  const batched = { steps: [{ name: "one", transactional: true, batch: { keys: 1, size: 5 } }] };
  const copy = {
    updateMany: "notes",
    filter: { old: { $exists: true }, now: { $exists: false } },
    update: [{ $set: { now: "$old" } }],
  };
  expect(await found([copy], { ...batched, phase: "backfill" })).toEqual([
    ["copy-goes-stale", "warning"],
  ]);
  expect(await found([copy], { ...batched, phase: "contract" })).toEqual([]);
});

test("findings name the line of their command; what is no list of commands is the only finding", async () => {
  const [, second] = await lint(
    source([
      { renameCollection: "a", to: "b" },
      { renameCollection: "c{", to: "d" },
    ]),
  );
  expect(second?.line).toBe(7);
  for (const text of ["{", "{}", '[{ "step": "x", "nonsense": 1 }]'])
    expect(await lint({ ...source([]), text })).toMatchObject([
      { rule: "syntax-error", severity: "error" },
    ]);
});

test("a down only has to be readable", async () => {
  expect(await found([{ dropCollection: "notes" }], { direction: "down" })).toEqual([]);
});
