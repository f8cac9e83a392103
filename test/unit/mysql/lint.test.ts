import { describe, expect, test } from "vitest";
import type { Judged } from "../../../src/engines/families/sql/lint-rule.ts";
import type { RecipePart } from "../../../src/engines/families/sql/lint-recipe.ts";
import { mariadbDialect, mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { judge as judgeText } from "../../../src/engines/mysql/lint/lint.ts";
import { rules } from "../../../src/engines/mysql/lint/rules.ts";
import type { LintSource } from "../../../src/migrate/step.ts";
import { cases, type LintCase, lintHistory } from "./lint-cases.ts";

const sourceOf = ({ text, phase, direction, steps = [] }: LintCase): LintSource => ({
  text,
  steps,
  fresh: [],
  history: [lintHistory],
  ...(phase !== undefined && { phase }),
  ...(direction !== undefined && { direction }),
});
const judge = (one: LintCase, source = sourceOf(one)): readonly Judged[] =>
  judgeText(source, one.dialect === "mariadb" ? mariadbDialect : mysqlDialect);
const of = (findings: readonly Judged[], rule: string): readonly Judged[] =>
  findings.filter((finding) => finding.rule === rule);

/** A part of a recipe as the migration that it would be, after the parts before it. */
const partSource = (part: RecipePart, earlier: readonly RecipePart[]): LintSource => ({
  text: `-- step: recipe\n${part.sql}`,
  steps: [
    {
      name: "recipe",
      transactional: false,
      ...(part.batch && { batch: { keys: 1, size: 1000 } }),
    },
  ],
  phase: part.phase,
  fresh: [],
  history: [lintHistory, ...earlier.map(({ sql }) => sql)],
});

test("every rule has cases, and every case a rule", () => {
  expect(Object.keys(cases).toSorted()).toEqual(
    ["syntax-error", ...rules.map(({ id }) => id)].toSorted(),
  );
});

/** strong_migrations 2.x, the checks that concern MySQL and MariaDB, by the names of its messages. */
const strong: readonly string[] = [
  "add_check_constraint",
  "add_column_auto_incrementing",
  "add_column_default",
  "add_column_default_callable",
  "add_column_generated_stored",
  "add_foreign_key",
  "add_index",
  "add_index_columns",
  "add_reference",
  "backfill",
  "change_column",
  "change_column_null",
  "change_column_with_not_null",
  "change_table",
  "create_table",
  "execute",
  "remove_column",
  "rename_column",
  "rename_table",
];

test("what strong_migrations checks has a rule", () => {
  const covered = new Set(rules.flatMap(({ covers }) => covers));
  expect(strong.filter((name) => !covered.has(`strong:${name}`))).toEqual([]);
});

describe.each(Object.entries(cases))("%s", (rule, { refused, accepted }) => {
  test.each(refused)("refuses $text", (one) => {
    const found = of(judge(one), rule);
    expect(found).toHaveLength(1);
    for (const { message, line } of found) {
      expect(message.length).toBeGreaterThan(20);
      expect(line).toBeGreaterThan(0);
    }
  });

  test.each(accepted)("accepts $text", (one) => {
    expect(of(judge(one), rule)).toEqual([]);
  });

  test.each(refused)("has a recipe for $text that it accepts itself", (one) => {
    const [found] = of(judge(one), rule);
    expect(found?.recipe.length).toBeGreaterThan(rule === "syntax-error" ? -1 : 0);
    for (const [index, part] of (found?.recipe ?? []).entries()) {
      const again = judge(one, partSource(part, found?.recipe.slice(0, index) ?? []));
      expect(again.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(of(again, rule).filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });
});

test("lines are those of the statements, across steps and bodies with a delimiter of their own", () => {
  const text = [
    "-- Remarks of the head",
    "",
    "-- step: one",
    "-- what it is for",
    "delimiter //",
    "create trigger stamp before insert on orders for each row",
    "begin",
    "  set new.note = '';",
    "end//",
    "delimiter ;",
    "",
    "-- step: two",
    "# another remark",
    "drop table orders;",
  ].join("\n");
  expect(judge({ text }).map(({ line, rule }) => [line, rule])).toEqual([[14, "drop-table"]]);
});

test("names in backticks and qualified ones are the same table", () => {
  const of14 = judge({
    text: "ALTER TABLE `shop`.`orders` DROP COLUMN `note`, ALGORITHM = INSTANT;",
  });
  expect(of14.map(({ rule }) => rule)).toEqual(["drop-column"]);
});
