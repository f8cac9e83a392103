import { describe, expect, test } from "vitest";
import type { StoredMigration } from "../../../src/migrate/folder.ts";
import { allowancesOf } from "../../../src/migrate/lint-allowance.ts";
import { ancestorsOf, lintMigrations, withAllowances } from "../../../src/migrate/lint.ts";
import type { LintFinding, LintSource } from "../../../src/migrate/step.ts";

const finding = (line: number, rule = "drop-column"): LintFinding => ({
  rule,
  line,
  message: "it hurts",
  recipe: "",
  severity: "error",
});
const rulesOf = (text: string, ...lines: readonly number[]): readonly string[] =>
  withAllowances(
    text,
    lines.map((line) => finding(line)),
  ).map(({ rule, line }) => `${line} ${rule}`);

describe("an exception", () => {
  const reason = "-- lint: allow drop-column because it is empty";

  test("covers the statement under it, to its end", () => {
    const text = `${reason}\nalter table a\n  drop column b;\nalter table a drop column c;`;
    expect(rulesOf(text, 3, 4)).toEqual(["4 drop-column"]);
  });

  test("behind a statement covers its line alone", () => {
    const text = `alter table a drop column b; ${reason}\nalter table a drop column c;`;
    expect(rulesOf(text, 1, 2)).toEqual(["2 drop-column"]);
  });

  test("several of them stand above one statement", () => {
    const other = "-- lint: allow drop-table because it is empty";
    const text = `${other}\r\n${reason}\r\ndrop table a; -- and b\r\ndrop table b;`;
    const found = withAllowances(text, [finding(3), finding(3, "drop-table"), finding(4)]);
    expect(found.map(({ line }) => line)).toEqual([4]);
  });

  test.each(["-- lint: allow drop-column", "-- lint: allow drop-column because", "-- lint: allow"])(
    "without a reason is none: %s",
    (comment) => {
      expect(rulesOf(`${comment}\nalter table a drop column b;`, 2)).toEqual([
        "1 allow-without-reason",
        "2 drop-column",
      ]);
    },
  );

  test("of another rule hides nothing, and is told", () => {
    const text = "-- lint: allow truncate because x\nalter table a drop column b;";
    expect(rulesOf(text, 2)).toEqual(["1 allow-unused", "2 drop-column"]);
  });

  test("is read in the comments of other languages as well", () => {
    expect(allowancesOf("// lint: allow a because b\n# lint: allow c because d")).toHaveLength(2);
  });
});

const migration = (
  id: string,
  parents: readonly string[],
  touches?: readonly string[],
): StoredMigration => ({
  id,
  parents,
  phase: "contract",
  change: id,
  touches,
  steps: [],
  up: `up of ${id}`,
  down: `down of ${id}`,
  files: { up: `${id}.up.sql`, down: `${id}.down.sql` },
});

test("a migration is judged with what it stands on as its past, parents first, and nothing else", async () => {
  const all = [
    migration("0001", []),
    migration("0002", ["0001"]),
    migration("0003", ["0001"]),
    migration("0004", ["0003", "0002"], ["orders"]),
    migration("0005", ["0004"]),
  ];
  const fourth = all.filter(({ id }) => id === "0004");
  expect(fourth.flatMap((one) => ancestorsOf(one, all)).map(({ id }) => id)).toEqual([
    "0001",
    "0003",
    "0002",
  ]);
  const seen: LintSource[] = [];
  const found = await lintMigrations(
    async (source) => {
      seen.push(source);
      return [finding(1)];
    },
    all,
    fourth,
  );
  expect(seen.map(({ text, direction, phase }) => [text, direction, phase])).toEqual([
    ["up of 0004", "up", "contract"],
    ["down of 0004", "down", "contract"],
  ]);
  expect(seen[0]?.history).toEqual(["up of 0001", "up of 0003", "up of 0002"]);
  expect(found.map(({ file }) => file)).toEqual(["0004.up.sql", "0004.down.sql"]);
});

test("the phase is unknown when the record does not say what it touches: a person wrote it", async () => {
  const seen: LintSource[] = [];
  const own = migration("0002", []);
  await lintMigrations(
    async (source) => {
      seen.push(source);
      return [];
    },
    [own],
    [own],
  );
  expect(seen.map(({ phase }) => phase)).toEqual([undefined, undefined]);
});
