/** What was recorded before a change is read after it, and a migration is no change to record. */
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Entity, Field } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, planned, type SchemaLab, schemaLab, takenBack } from "./schema-lab.ts";

const id = field("id", uuid, { key: true });
const store = (...entities: readonly Entity[]): StoreIr => {
  const roots = entities.filter(({ owner }) => owner === undefined);
  const access = Object.fromEntries(
    roots.map(({ name }) => [name, [{ op: "get", name: "get" } as const]]),
  );
  return mainStore(entities, [transactional("all", access)]).store;
};
const root = (name: string, fields: readonly Field[], was?: string): Entity =>
  entity({
    name,
    audit: true,
    timestamps: false,
    ...(was !== undefined && { was }),
    fields: [id, ...fields],
  });
const child = (
  name: string,
  owner: string,
  fields: readonly Field[],
  was?: string,
  key = `${owner.toLowerCase()}Id`,
): Entity => {
  return entity({
    name,
    owner,
    timestamps: false,
    ...(was !== undefined && { was }),
    key: [key, "lineNo"],
    fields: [
      field(key, uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("lineNo", int, { key: true }),
      ...fields,
    ],
  });
};

const title = field("title", text);
const optional = field("note", text, { nullable: true });
const numbers = [
  field("cost", int),
  field("day", { kind: "date" }),
  field("done", { kind: "boolean" }),
];
const before = store(
  root("List", [title, optional, ...numbers]),
  child("Line", "List", [field("words", text), optional, field("cost", int)]),
);

/** After, the tables of after, and what is given for the rows. */
type Change = readonly [
  name: string,
  after: StoreIr,
  table: string,
  of: string,
  values: Readonly<Record<string, string>>,
];

const changes: readonly Change[] = [
  [
    "columns renamed",
    store(
      root("List", [field("heading", text, { was: "title" }), optional, ...numbers]),
      child("Line", "List", [
        field("phrase", text, { was: "words" }),
        optional,
        field("cost", int),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "required columns",
    store(
      root("List", [title, optional, ...numbers, field("rank", int, { default: 3 })]),
      child("Line", "List", [
        field("words", text),
        optional,
        field("cost", int),
        field("kind", { kind: "enum", values: ["a", "b"] }, { default: "b" }),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "required now",
    store(
      root("List", [title, field("note", text, { default: "-" }), ...numbers]),
      child("Line", "List", [
        field("words", text),
        field("note", text, { default: "-" }),
        field("cost", int),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "a child's table renamed",
    store(
      root("List", [title, optional, ...numbers]),
      child("Row", "List", [field("words", text), optional, field("cost", int)], "Line"),
    ),
    "lists",
    "rows",
    {},
  ],
  [
    "types",
    store(
      root("List", [
        field("title", text),
        optional,
        field("cost", { kind: "decimal", precision: 12, scale: 2 }),
        field("day", { kind: "timestamp" }),
        field("done", int),
      ]),
      child("Line", "List", [
        field("words", text),
        optional,
        field("cost", { kind: "decimal", precision: 12, scale: 2 }),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "types and names",
    store(
      root("List", [
        field("title", text),
        optional,
        field("price", { kind: "decimal", precision: 12, scale: 2 }, { was: "cost" }),
        field("moment", { kind: "timestamp" }, { was: "day" }),
        field("finished", int, { was: "done" }),
      ]),
      child("Line", "List", [
        field("words", text),
        optional,
        field("price", { kind: "decimal", precision: 12, scale: 2 }, { was: "cost" }),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "a type by the user's words",
    store(
      root("List", [field("title", int), optional, ...numbers]),
      child("Line", "List", [field("words", int), optional, field("cost", int)]),
    ),
    "lists",
    "lines",
    { "lists.title": "char_length(title)", "lines.words": "char_length(concat(words, line_no))" },
  ],
  [
    "a column that is given",
    store(
      root("List", [title, field("short", text), optional, ...numbers]),
      child("Line", "List", [
        field("words", text),
        field("short", text),
        optional,
        field("cost", int),
      ]),
    ),
    "lists",
    "lines",
    { "lists.short": "left(title, 3)", "lines.short": "left(words, 3)" },
  ],
  [
    "columns dropped",
    store(
      root("List", [optional, ...numbers.slice(1)]),
      child("Line", "List", [optional, field("cost", int)]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "columns dropped and added",
    store(
      root("List", [
        title,
        field("rank", int, { default: 3 }),
        field("price", int, { was: "cost" }),
        field("done", { kind: "boolean" }),
      ]),
      child("Line", "List", [
        field("words", text),
        field("kind", { kind: "enum", values: ["a", "b"] }, { default: "b" }),
        field("price", int, { was: "cost" }),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "tables and columns renamed",
    store(
      root("Roll", [field("heading", text, { was: "title" }), optional, ...numbers], "List"),
      child(
        "Row",
        "Roll",
        [
          field("phrase", text, { was: "words" }),
          optional,
          field("price", { kind: "decimal", precision: 12, scale: 2 }, { was: "cost" }),
        ],
        "Line",
        "listId",
      ),
    ),
    "rolls",
    "rows",
    {},
  ],
];

const rows = `
insert into lists (id, title, note, cost, day, done) values
  ('01890000-0000-7000-8000-000000000001', 'title 1', null, 1, '2026-02-01', true),
  ('01890000-0000-7000-8000-000000000002', 'null', 'it''s', 200, '2026-02-02', false);
insert into \`lines\` (list_id, line_no, words, cost) select id, 1, concat(title, 'a'), 7 from lists;
insert into \`lines\` (list_id, line_no, words, note, cost) select id, 2, concat(title, 'b'), 'a"b', 8 from lists;
update lists set title = concat(title, '!');`;

/** Whose values code of after finds in the contract only. */
const waiting: ReadonlySet<string> = new Set(["types", "a type by the user's words"]);
/** Whose values of before do not come back. */
const losing: ReadonlySet<string> = new Set([
  "columns dropped",
  "columns dropped and added",
  "a type by the user's words",
]);

type Json = Readonly<Record<string, unknown>>;

/** What the state of `made` has; a recorded state may have more, for code of before. What it lacks is read as null. */
const asMade = (recorded: Json, made: Json): Json =>
  Object.fromEntries(Object.keys(made).map((name) => [name, recorded[name] ?? null]));

/** The last recorded state of each row, and the row itself as its trigger records it. */
async function expectRead(lab: SchemaLab, table: string): Promise<void> {
  const latest = async () =>
    lab.rows(
      `select revision, content, children from ${table}_history h where revision = (select max(revision) from ${table}_history where id = h.id) order by id`,
    );
  const stood = await latest();
  await lab.run(`update ${table} set id = id`);
  const made = await latest();
  const [content, children] = [1, 2].map((at) =>
    [stood, made].map((all) =>
      all.map((row) => JSON.parse(JSON.stringify(row[at])) as Json | string).map(parsedJson),
    ),
  );
  expect(content?.[0]?.map((row, at) => asMade(row, content[1]?.[at] ?? {}))).toEqual(content?.[1]);
  const rowsOf = (all: Json, like: Json): Json =>
    Object.fromEntries(
      Object.entries(like).map(([of, own]) => {
        const [first = {}] = own as readonly Json[];
        const kept = ((all[of] ?? []) as readonly Json[]).map((row) => asMade(row, first));
        return [of, kept.toSorted((a, b) => Number(a["line_no"]) - Number(b["line_no"]))];
      }),
    );
  for (const [at, like] of (children?.[1] ?? []).entries())
    expect(rowsOf(children?.[0]?.[at] ?? {}, like)).toEqual(rowsOf(like, like));
  const [[last = 0] = []] = stood.toSorted(([a], [b]) => Number(b) - Number(a));
  await lab.run(`delete from ${table}_history where revision > ${last}`);
}

const recordedOf = (row: readonly unknown[]): readonly Json[] =>
  row.map((value) => parsedJson(JSON.parse(JSON.stringify(value)) as Json | string));

/** What the last change of the first row recorded. */
async function lastOf(lab: SchemaLab, history: string): Promise<readonly Json[]> {
  const [row = []] = await lab.rows(
    `select content, children from ${history} where id = '01890000-0000-7000-8000-000000000001' order by revision desc limit 1`,
  );
  return recordedOf(row);
}

/** Each row of a child has what the same row of another state has. */
function expectSameRows(recorded: unknown, made: unknown): void {
  const byLine = (rows: unknown) =>
    (rows as readonly Json[]).toSorted((a, b) => Number(a["line_no"]) - Number(b["line_no"]));
  const like = byLine(made);
  expect(byLine(recorded).map((row, at) => asMade(row, like[at] ?? {}))).toEqual(like);
}

const parsedJson = (value: Json | string): Json =>
  typeof value === "string" ? (JSON.parse(value) as Json) : value;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const of = { port: "migrations", engine: columnOf(server), method: "recorded rows" };
  if (isMissing(server)) {
    notProven(of, [of.method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === "mysql" ? "mysql" : "mariadb";
  const opened: { drop(): Promise<void> }[] = [];
  const fresh = async (
    from: StoreIr,
  ): Promise<{ readonly lab: SchemaLab; readonly dsn: string }> => {
    const place = await server.namespace();
    opened.push(place);
    const lab = await schemaLab(place.dsn, dialect);
    await applied(lab, planned(planner, undefined, from, { mode: "direct", values: {} }));
    return { lab, dsn: place.dsn };
  };
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });
  const recorded = (lab: SchemaLab, table: string) =>
    lab.rows(`select operation, count(*) from ${table}_history group by 1 order by 1`);

  test(`${of.engine}: whoever did not make the triggers is recorded, whatever the session says of itself`, async () => {
    const { lab, dsn } = await fresh(before);
    await lab.run(rows);
    const count = async () =>
      Number((await lab.rows("select count(*) from lists_history"))[0]?.[0]);
    const had = await count();
    const change = `set @app_backfill = 1; update lists set title = 'x'; set @app_backfill = null;`;
    await lab.run(change);
    expect(await count()).toBe(had);
    const url = new URL(dsn);
    url.username = `writer_${process.pid}`;
    url.password = "a-Word-1";
    const user = `'${url.username}'@'%'`;
    await lab.run(`create user ${user} identified by '${url.password}';
grant all on ${url.pathname.slice(1)}.* to ${user};`);
    const other = await schemaLab(url.href, dialect);
    await other.run(change);
    expect(await count()).toBe(had + 2);
    await other.close();
    await lab.run(`drop user ${user};`);
    await lab.close();
  });

  test(`${of.engine}: what was recorded as null is of its type when it is required, whatever refers or is unique`, async () => {
    const own = (nullable: boolean): readonly Field[] => [
      field("madeFrom", uuid, {
        nullable,
        reference: { entity: "List", field: "id", onDelete: "restrict" },
      }),
      field("code", { kind: "string", max: 40 }, { nullable, unique: true }),
      field("seal", { kind: "binary" }, { nullable }),
      field("tags", { kind: "array", of: "string", max: 20 }, { nullable }),
      field("place", { kind: "vector", dimensions: 3, metric: "cosine" }, { nullable }),
    ];
    const from = store(root("List", [title, ...own(true)]));
    const to = store(root("List", [title, ...own(false)]));
    const { lab } = await fresh(from);
    await lab.run("insert into lists (id, title) values ('a', 'null of all');");
    await lab.run(
      "update lists set made_from = id, code = 'c', seal = 'x', tags = '[\"t\"]', place = unhex(repeat('01', 12));",
    );
    const steps = planned(planner, from, to, { mode: "split", values: {} });
    await applied(lab, steps);
    const states = (await lab.rows("select content from lists_history order by revision")).map(
      ([content]) => parsedJson(JSON.parse(JSON.stringify(content)) as Json | string),
    );
    expect(states[0]).toMatchObject({
      made_from: "00000000-0000-0000-0000-000000000000",
      code: "",
      seal: "",
      tags: "[]",
      place: "000000000000000000000000",
    });
    expect(states[1]).toMatchObject({ made_from: "a", code: "c", seal: "78" });
    const told = steps.find(({ title: of }) => of.includes("what was recorded of lists"));
    for (const name of ["made_from", "code", "seal", "tags", "place"])
      expect(told?.title).toContain(` ${name} `);
    expect(told?.reversibility).toBe("loses-data");
    await lab.close();
  });

  describe.each(["split", "direct"] as const)(`${of.engine} %s`, (mode) => {
    test.each(changes)(
      "%s: recorded rows are read, none is recorded",
      proving(of, async (_, after, table, _of, values) => {
        const { lab } = await fresh(before);
        await lab.run(rows);
        const had = await recorded(lab, "lists");
        const steps = planned(planner, before, after, { mode, values });
        await applied(lab, steps);
        expect(await recorded(lab, table)).toEqual(had);
        await expectRead(lab, table);
        await takenBack(lab, steps);
        expect(await recorded(lab, "lists")).toEqual(had);
        await expectRead(lab, "lists");
        await lab.close();
      }),
    );

    test.each(changes)(
      "%s: nothing is left under a former name",
      proving(of, async (_, after, table, child, values) => {
        const { lab } = await fresh(before);
        await lab.run(rows);
        await lab.run(
          "delete from `lines` where words like 'null%'; delete from lists where title = 'null!';",
        );
        await applied(lab, planned(planner, before, after, { mode, values }));
        const all = await lab.rows(`select content, children from ${table}_history`);
        const names = (rows: readonly Json[]) =>
          [...new Set(rows.flatMap((row) => Object.keys(row)))].toSorted();
        const states = all.map(recordedOf);
        await lab.run(`delete from ${table}_history; update ${table} set id = id;`);
        const [content = {}, children = {}] = await lastOf(lab, `${table}_history`);
        expect(names(states.map(([own = {}]) => own))).toEqual(names([content]));
        expect(names(states.map(([, own = {}]) => own))).toEqual([child]);
        const rowsOf = (own: Json = {}) => own[child] as readonly Json[];
        expect(names(states.flatMap(([, own]) => rowsOf(own)))).toEqual(names(rowsOf(children)));
        await lab.close();
      }),
    );
  });

  test.each(changes.filter(([name]) => name !== "required now"))(
    `${of.engine}: %s: what is recorded between expand and contract is read by code of before and of after`,
    proving(of, async (_, after, table, child, values) => {
      const { lab } = await fresh(before);
      await lab.run(rows);
      // Twice: what MariaDB has kept of a trigger it may not run again.
      const write = "update lists set id = id; update lists set id = id;";
      // As a data layer corrects the children of a root that it has made; it knows its own names only.
      const correct = (root: string, own: string) => `update ${root}_history recorded join (
  select (select max(revision) from ${root}_history last_change where last_change.id = l.id) as revision,
    json_object('${own}', json_array()) as children
  from ${root} l
) present on present.revision = recorded.revision set recorded.children = present.children;`;
      await lab.run(write);
      const former = await lastOf(lab, "lists_history");
      const steps = planned(planner, before, after, { mode: "split", values });
      const window = steps.filter(({ phase }) => phase !== "contract");
      const contract = steps.filter(({ phase }) => phase === "contract");
      await applied(lab, window);
      const meanwhile: (readonly Json[])[] = [];
      for (const text of [write, correct("lists", "lines"), correct(table, child)]) {
        await lab.run(text);
        meanwhile.push(await lastOf(lab, "lists_history"), await lastOf(lab, `${table}_history`));
      }
      const expectFormer = (states: readonly (readonly Json[])[]): void => {
        for (const [content = {}, children = {}] of states) {
          expect(asMade(content, former[0] ?? {})).toEqual(former[0]);
          expectSameRows(children["lines"], former[1]?.["lines"]);
        }
      };
      expectFormer(meanwhile);
      await applied(lab, contract);
      await lab.run(write.replaceAll("lists", table));
      const latter = await lastOf(lab, `${table}_history`);
      // A value of another type under the same name waits for the contract, as code of after does.
      if (!waiting.has(_))
        for (const [content = {}, children = {}] of meanwhile) {
          expect(asMade(content, latter[0] ?? {})).toEqual(latter[0]);
          expectSameRows(children[child], latter[1]?.[child]);
        }
      await takenBack(lab, contract);
      const back = await lab.rows(
        "select content, children from lists_history where id = '01890000-0000-7000-8000-000000000001'",
      );
      const names = Object.keys(former[0] ?? {});
      for (const [content = {}, children = {}] of back.map(recordedOf)) {
        expect(Object.keys(content)).toEqual(
          expect.arrayContaining(names.filter((name) => name !== "note")),
        );
        for (const line of children["lines"] as readonly Json[])
          expect(Object.keys(line)).toEqual(expect.arrayContaining(["words", "cost", "line_no"]));
      }
      await lab.run(write);
      const again = await lastOf(lab, "lists_history");
      if (!losing.has(_)) expectFormer([again]);
      await takenBack(lab, window);
      const end = await lab.rows("select content, children from lists_history");
      for (const [content = {}, children = {}] of end.map(recordedOf)) {
        expect(names).toEqual(expect.arrayContaining(Object.keys(content)));
        expect(Object.keys(children)).toEqual(["lines"]);
      }
      await lab.close();
    }),
  );
}
