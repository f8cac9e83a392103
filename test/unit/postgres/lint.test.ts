import { PGlite } from "@electric-sql/pglite";
import { describe, expect, test } from "vitest";
import { judge, lint, type Judged } from "../../../src/engines/postgres/lint/lint.ts";
import type { RecipePart } from "../../../src/engines/postgres/lint/recipe.ts";
import { rules } from "../../../src/engines/postgres/lint/rules.ts";
import type { LintSource } from "../../../src/migrate/step.ts";
import { cases, type LintCase, lintHistory } from "./lint-cases.ts";
import { elsewhere, squawk, strong } from "./lint-peers.ts";
import { stopwatch } from "../../support/stopwatch.ts";

const sourceOf = (one: LintCase): LintSource => ({
  steps: [],
  fresh: [],
  history: [lintHistory],
  ...one,
});
const of = (findings: readonly Judged[], rule: string): readonly Judged[] =>
  findings.filter((finding) => finding.rule === rule);

/** A part of a recipe as the migration that it would be, after the parts before it. */
const partSource = (part: RecipePart, earlier: readonly RecipePart[]): LintSource => ({
  text: `-- step: recipe\n${part.sql}`,
  steps: [
    {
      name: "recipe",
      transactional: part.alone !== true,
      ...(part.alone && { repair: "drop index concurrently if exists x" }),
      ...(part.batch && { batch: { keys: 1, size: 1000 } }),
    },
  ],
  phase: part.phase,
  fresh: [],
  history: [lintHistory, ...earlier.map(({ sql }) => sql)],
});

test("a key's type has no recipe that would leave the table without its key", async () => {
  const text = "create table shelf (id integer primary key, code text);";
  const found = await judge({
    text: "-- step: x\nalter table shelf alter column id type bigint;",
    steps: [{ name: "x", transactional: true }],
    fresh: [],
    history: [`-- step: made\n${text}`],
  });
  const recipe = of(found, "change-column-type").flatMap((each) => each.recipe);
  expect(recipe.map(({ sql }) => sql).join("\n")).toContain("there is no way while code of before");
  expect(recipe.some(({ sql }) => /^(?:alter|drop)/im.test(sql))).toBe(false);
});

test("every rule has cases, and every case a rule", () => {
  expect(Object.keys(cases).toSorted()).toEqual(
    ["syntax-error", ...rules.map(({ id }) => id)].toSorted(),
  );
});

test("everything that Squawk judges by default and strong_migrations checks has a rule", () => {
  const covered = new Set(rules.flatMap(({ covers }) => covers));
  const all = [
    ...squawk.map((name) => `squawk:${name}`),
    ...strong.map((name) => `strong:${name}`),
  ];
  expect(all.filter((name) => !covered.has(name) && !(name in elsewhere))).toEqual([]);
  expect(Object.keys(elsewhere).filter((name) => covered.has(name))).toEqual([]);
});

describe.each(Object.entries(cases))("%s", (rule, { refused, accepted }) => {
  test.each(refused)("refuses $text", async (one) => {
    const found = of(await judge(sourceOf(one)), rule);
    expect(found).toHaveLength(1);
    for (const { message, line } of found) {
      expect(message.length).toBeGreaterThan(20);
      expect(line).toBeGreaterThan(0);
    }
  });

  test.each(accepted)("accepts $text", async (one) => {
    expect(of(await judge(sourceOf(one)), rule)).toEqual([]);
  });

  test.each(refused)("has a recipe for $text that it accepts itself", async (one) => {
    const [found] = of(await judge(sourceOf(one)), rule);
    expect(found === undefined ? 0 : found.recipe.length).toBeGreaterThan(
      rule === "syntax-error" ? -1 : 0,
    );
    for (const [index, part] of (found?.recipe ?? []).entries()) {
      const again = await judge(partSource(part, found?.recipe.slice(0, index) ?? []));
      expect(again.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(of(again, rule)).toEqual([]);
    }
  });
});

const anew =
  "drop schema if exists archive cascade; drop schema public cascade; create schema public;";

test("the recipes run, on a database that the migrations before made", async () => {
  const db = await PGlite.create();
  await db.exec(lintHistory);
  const failed: string[] = [];
  const run = async (sql: string): Promise<void> => {
    await db.exec(sql).catch((error: unknown) => failed.push(`${sql}: ${String(error)}`));
  };
  for (const [rule, { refused }] of Object.entries(cases)) {
    for (const one of refused) {
      const recipe = of(await judge(sourceOf(one)), rule)[0]?.recipe ?? [];
      const outside = recipe.some(({ alone }) => alone);
      if (!outside) await db.exec("begin");
      for (const { sql } of recipe) await run(sql);
      await db.exec(outside ? anew : "rollback");
      if (outside) await db.exec(lintHistory);
    }
  }
  await db.close();
  expect(failed).toEqual([]);
}, 120_000);

test("a finding stands on the line of its command, behind text of several bytes a sign", async () => {
  const text = [
    "-- müßig 🐘",
    "alter table orders",
    "  add column x text default '→, drop',",
    "  drop column note,",
    "  alter column total type bigint;",
    "",
    "/* no",
    "*/ drop table orders;",
  ].join("\n");
  const found = await lint(sourceOf({ text }));
  expect(found.map(({ rule, line }) => [rule, line])).toEqual([
    ["drop-column", 4],
    ["change-column-type", 5],
    ["drop-table", 8],
  ]);
});

test("a syntax error is told by line and column, in characters", async () => {
  const [found] = await lint(sourceOf({ text: "-- é\nselect '🐘' fromm x y z;" }));
  expect(found).toMatchObject({ rule: "syntax-error", line: 2, severity: "error" });
  expect(found?.message).toBe('column 18: syntax error at or near "x"');
});

test("what a change of type means is unknown without the migrations before: a warning, or an error where no type fits", async () => {
  const text = "alter table t alter a type text; alter table t alter b type bigint;";
  const found = await lint({ text, steps: [], fresh: [] });
  expect(found.map(({ severity }) => severity)).toEqual(["warning", "error"]);
});

test("an index over a generated column that is new itself is part of a wait that is told already", async () => {
  const add = "alter table t add column b text generated always as (a) stored;";
  const found = await lint({ text: `${add} create index on t (b);`, steps: [], fresh: [] });
  expect(found.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
    "error add-stored-generated-column",
  ]);
});

test("names that need quotes get them in recipes", async () => {
  const text = 'alter table "Or""der" alter column "select" set not null;';
  const [found] = await lint({ text, steps: [], fresh: [] });
  expect(found?.recipe).toContain('alter table "Or""der" add constraint');
  expect(found?.recipe).toContain('check ("select" is not null) not valid;');
});

test("ten thousand statements are judged in a few seconds", async () => {
  const text = Array.from(
    { length: 5_000 },
    (_, n) => `create table t${n} (a text); create index on t${n} (a);`,
  );
  const start = stopwatch();
  expect(await lint({ text: text.join("\n"), steps: [], fresh: [] })).toEqual([]);
  expect(start.elapsed()).toBeLessThan(15_000);
}, 30_000);
