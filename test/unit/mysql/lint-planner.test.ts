/** The planner's own text before the linter: what it writes for tables in use has nothing that must not be, on either server. */
import { describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { withAllowances } from "../../../src/migrate/lint.ts";
import { type LintFinding, phases } from "../../../src/migrate/step.ts";
import { schemaChanges } from "../postgres/schema-changes.ts";

/** What has to be mended: faults, and exceptions that are none. */
const rules = (found: readonly LintFinding[]): readonly string[] =>
  found
    .filter(({ rule, severity }) => severity === "error" || rule === "allow-unused")
    .map(({ rule, message }) => `${rule}: ${message}`);

describe.each([mysql, mariadb])("$id", ({ schema, refuse = () => [] }) => {
  if (schema?.lint === undefined) throw new Error("no linter");
  const { lint, diff, print, snapshot } = schema;
  const whole = { project: "shop", mode: "split", values: {} } as const;
  const possible = schemaChanges.filter(
    ({ from, to, values = {} }) =>
      [from, to].every((store) => refuse(store).length === 0) &&
      !Object.values(values).some((value) => value.includes("::")),
  );

  test.each(possible)("$name", async ({ from, to, values = {} }) => {
    const before = snapshot(from, "shop");
    const first = diff(new Map(), before, { ...whole, store: from });
    const initial = print(first.steps, "up", "the first");
    expect(await lint({ text: initial, steps: first.steps, fresh: [], phase: "expand" })).toEqual(
      [],
    );
    const change = diff(before, snapshot(to, "shop"), { ...whole, store: to, values });
    const history = [initial];
    for (const phase of phases) {
      const steps = change.steps.filter((step) => step.phase === phase);
      const text = print(steps, "up", "the change");
      const found = withAllowances(text, await lint({ text, steps, fresh: [], phase, history }));
      expect(rules(found)).toEqual([]);
      history.push(text);
      const down = print(steps.toReversed(), "down", "back");
      const taken = { text: down, steps, fresh: [], phase, history, direction: "down" } as const;
      const back = withAllowances(down, await lint(taken));
      expect(rules(back)).toEqual([]);
    }
  });
});
