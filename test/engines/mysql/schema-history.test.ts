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
const child = (name: string, owner: string, fields: readonly Field[], was?: string): Entity => {
  const key = `${owner.toLowerCase()}Id`;
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
const before = store(root("List", [title]), child("Line", "List", [field("words", text)]));

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
      root("List", [field("heading", text, { was: "title" })]),
      child("Line", "List", [field("phrase", text, { was: "words" })]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "required columns",
    store(
      root("List", [title, field("rank", int, { default: 3 })]),
      child("Line", "List", [
        field("words", text),
        field("kind", { kind: "enum", values: ["a", "b"] }, { default: "b" }),
      ]),
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "a column that is given",
    store(
      root("List", [title, field("short", text)]),
      child("Line", "List", [field("words", text), field("short", text)]),
    ),
    "lists",
    "lines",
    { "lists.short": "left(title, 3)", "lines.short": "left(words, 3)" },
  ],
];

const rows = `
insert into lists (id, title) values ('01890000-0000-7000-8000-000000000001', 'title 1'), ('01890000-0000-7000-8000-000000000002', 'null');
insert into \`lines\` (list_id, line_no, words) select id, 1, concat(title, 'a') from lists;
insert into \`lines\` (list_id, line_no, words) select id, 2, concat(title, 'b') from lists;
update lists set title = concat(title, '!');`;

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

  describe.each(["split", "direct"] as const)(`${of.engine} %s`, (mode) => {
    test.each(changes)(
      "%s: no row is recorded",
      proving(of, async (_, after, table, _of, values) => {
        const { lab } = await fresh(before);
        await lab.run(rows);
        const had = await recorded(lab, "lists");
        const steps = planned(planner, before, after, { mode, values });
        await applied(lab, steps);
        expect(await recorded(lab, table)).toEqual(had);
        await takenBack(lab, steps);
        expect(await recorded(lab, "lists")).toEqual(had);
        await lab.close();
      }),
    );
  });
}
