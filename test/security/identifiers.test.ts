// S3 of anchors/reliability.md: names that a language has taken, names that differ in case only, long and foreign names: each is quoted
// or refused with a hint, none is merged with another; what is accepted compiles and is accepted by the database.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../../src/build/root.ts";
import { reservedTypes, reservedWords } from "../../src/ir/reserved.ts";
import { generateProject, type GeneratedProject } from "../support/generated-project.ts";
import { generated } from "./hostile-spec.ts";

/** Reserved somewhere in SQL, in the standard or in an engine's own dialect. */
const sqlWords =
  "all analyse analyze and any array as asc asymmetric between bigint binary bit both cast char check coalesce collate column concurrently constraint create cross current_date current_user dec desc distinct end except exists fetch foreign freeze from full grant greatest group having ilike initially inner inout int integer intersect into is isnull join key lateral leading least left like limit localtime natural not notnull null numeric offset on only or order out outer overlaps placing position precision primary real references returning right row rows select session_user set similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing trim union unique user using value values variadic verbose when where window xmin ctid oid tableoid";

const camel = (word: string): string =>
  word.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const fieldNames = [...new Set([...sqlWords.split(" "), ...reservedWords].map(camel))];

interface Names {
  readonly entity?: string;
  readonly second?: string;
  readonly fields?: readonly string[];
  readonly methods?: readonly string[];
  readonly workload?: string;
  readonly table?: string;
  readonly column?: string;
  readonly enumValues?: readonly string[];
}

function specOf(names: Names): object {
  const { entity = "Item", second, fields = [], methods = [], workload = "items" } = names;
  const entities = second === undefined ? [entity] : [entity, second];
  const body = {
    ...(names.table === undefined ? {} : { table: names.table }),
    fields: {
      id: { type: "uuid", key: true },
      plain: { type: "text", ...(names.column === undefined ? {} : { column: names.column }) },
      state: { type: "enum", values: names.enumValues ?? ["on"] },
      ...Object.fromEntries(fields.map((name) => [name, { type: "int", nullable: true }])),
    },
  };
  const access = {
    get: {},
    add: { op: "insert" },
    change: { op: "patch", fields: ["plain", ...fields] },
    ...Object.fromEntries(methods.map((name) => [name, { op: "list", page: "none" }])),
  };
  return {
    version: 1,
    project: "names",
    entities: Object.fromEntries(
      entities.map((name) => [
        name,
        name === entity ? body : { fields: { id: { type: "uuid", key: true } } },
      ]),
    ),
    workloads: {
      [workload]: {
        kind: "transactional",
        entities,
        access: { [entity]: access, ...(second === undefined ? {} : { [second]: { get: {} } }) },
      },
    },
  };
}

/** Why a spec with these names is refused; undefined when it is carried. */
function refusal(names: Names): string | undefined {
  const result = generated(specOf(names));
  return "refused" in result ? result.refused : undefined;
}

const accepted = fieldNames.filter((name) => refusal({ fields: [name] }) === undefined);

describe("reserved words", () => {
  test("as fields: JavaScript's own and a row's system columns are refused, all of SQL's are carried", () => {
    const refused = fieldNames.filter((name) => !accepted.includes(name));
    for (const name of refused)
      expect(refusal({ fields: [name] }), name).toMatch(
        /JavaScript reserves|system column|reserved/,
      );
    const carried = "all check column from group limit order select table user values where";
    expect(accepted).toEqual(expect.arrayContaining(carried.split(" ")));
  });

  test("as entities: types that generated code uses are refused with another name", () => {
    for (const name of reservedTypes)
      expect(refusal({ entity: name }), name).toMatch(/name of a type|type that the generated/);
    for (const name of ["Order", "User", "Table", "Select", "Group", "Class", "Function2"])
      expect(refusal({ entity: name }), name).toBeUndefined();
  });

  test("as methods", () => {
    for (const name of ["then", "constructor", "toJSON", "class", "await"])
      expect(refusal({ methods: [name] }), name).toMatch(/reserved name|every JavaScript object/);
    for (const name of ["order", "select", "from", "delete", "where"])
      expect(refusal({ methods: [name] }), name).toBeUndefined();
  });
});

describe("two names that would become one", () => {
  test.each<[string, Names]>([
    ["fields by case", { fields: ["userId", "userID"] }],
    ["a field and an implied one", { fields: ["createdat"] }],
    ["methods by case", { methods: ["listAll", "listall"] }],
    ["a method and the batch read that comes with get", { methods: ["getMany"] }],
    ["entities by case", { entity: "OrderLine", second: "Orderline" }],
    ["an entity and a type of another", { entity: "Order", second: "NewOrder" }],
    ["an entity and an id of another", { entity: "Order", second: "OrderId" }],
    ["tables", { entity: "Order", table: "others", second: "Other" }],
    ["columns", { fields: ["note"], column: "note" }],
  ])("%s", (_, names) => {
    expect(refusal(names)).toMatch(
      /differ in case|both|would be the|become one|needs?|taken|comes with/,
    );
  });
});

describe("length", () => {
  const bytes = (count: number, letter = "a"): string => letter.repeat(count);

  test("63 bytes are carried, 64 are refused and never cut", () => {
    for (const place of ["table", "column"] as const) {
      expect(refusal({ [place]: bytes(63) }), place).toBeUndefined();
      expect(refusal({ [place]: bytes(64) }), place).toMatch(/64 bytes long, more than 63/);
      expect(refusal({ [place]: bytes(32, "é") }), place).toMatch(/64 bytes long/);
      expect(refusal({ [place]: bytes(31, "é") }), place).toBeUndefined();
      expect(refusal({ [place]: bytes(128) }), place).toMatch(/128 bytes/);
    }
    expect(refusal({ fields: [`f${bytes(63)}`] })).toMatch(/64 bytes/);
    expect(refusal({ entity: `E${bytes(80)}` })).toMatch(/bytes long/);
    expect(refusal({ enumValues: [bytes(64)] })).toMatch(/longer than 63/);
  });

  test("made names of long ones stay apart: indexes and constraints of a table of 63 bytes", async () => {
    const made = generated(
      specOf({
        table: bytes(63),
        column: bytes(63, "b"),
        fields: [bytes(63, "c"), bytes(63, "d")],
      }),
    );
    if ("refused" in made) throw new Error(made.refused);
    const sql = made.files.get("migrations/main/0001-initial.up.sql") ?? "the file is missing";
    const database = await PGlite.create();
    await database.exec(sql);
    const { rows } = await database.query<{ n: number }>(
      "select count(*)::int as n from information_schema.columns where table_name = $1",
      [bytes(63)],
    );
    expect(rows[0]?.n).toBe(7);
    await database.close();
  }, 120_000);
});

describe("what is accepted", () => {
  let project: GeneratedProject | undefined;
  afterAll(() => project?.remove());

  test("compiles, and the database takes it", async () => {
    const spec = specOf({
      entity: "Select",
      second: "User",
      fields: accepted,
      methods: ["order", "where", "delete"],
      workload: "table",
      table: 'Größe "of" table',
      column: "日本 `${x}` \"q\" 'a'",
      enumValues: ["select", "NULL", "é", "a b"],
    });
    project = await generateProject("names", `${JSON.stringify(spec, null, 1)}\n`);
    const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
    const compiled = spawnSync(process.execPath, [tsc, "--noEmit", "-p", "."], {
      cwd: project.folder,
      encoding: "utf8",
    });
    expect(compiled.stdout.split("\n").slice(0, 5)).toEqual([""]);
    const database = await PGlite.create();
    await database.exec(project.read("migrations/main/0001-initial.up.sql"));
    const { rows } = await database.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_name = $1",
      ['Größe "of" table'],
    );
    const columns = rows.map(({ name }) => name);
    expect(columns).toContain("日本 `${x}` \"q\" 'a'");
    expect(columns).toEqual(expect.arrayContaining(["order", "group", "user", "current_date"]));
    expect(new Set(columns.map((name) => name.toLowerCase())).size).toBe(columns.length);
    await database.exec(project.read("migrations/main/0001-initial.down.sql"));
    await database.close();
  }, 180_000);
});
