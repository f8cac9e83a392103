/** What was recorded before a change is read after it: the last recorded state of every row is the row. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import {
  entity,
  field,
  int,
  mainStore,
  text,
  transactional,
  uuid,
} from "../../unit/postgres/model.ts";
import type { Entity, Field } from "../../../src/spec/model.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import {
  connected,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "recorded rows" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

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

const before = store(
  root("List", [field("title", text)]),
  child("Line", "List", [field("words", text)]),
);

const flags = (kind: "boolean" | "int", lists: readonly Field[], line: string): StoreIr =>
  store(
    root("List", [field("title", text), ...lists]),
    child("Line", "List", [
      field("words", text),
      field(line, { kind }, { nullable: true, ...(line !== "flag" && { was: "flag" }) }),
    ]),
  );

const typed = flags(
  "boolean",
  [
    field("done", { kind: "boolean" }, { default: true }),
    field("day", { kind: "date" }, { default: "2026-01-02" }),
    field("tag", text, { default: "a" }),
  ],
  "flag",
);

/** Before, after, the tables of after, and what is given for the rows. */
type Change = readonly [string, StoreIr, StoreIr, string, string, Readonly<Record<string, string>>];

const typeChanges: readonly Change[] = [
  [
    "types that are written otherwise",
    typed,
    flags(
      "int",
      [
        field("done", int, { default: 1 }),
        field("day", { kind: "timestamp" }, { default: "2026-01-02T00:00:00Z" }),
        field("tag", { kind: "array", of: "text" }, { default: ["a"] }),
      ],
      "flag",
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "types and names",
    typed,
    flags(
      "int",
      [
        field("finished", int, { default: 1, was: "done" }),
        field("moment", { kind: "timestamp" }, { default: "2026-01-02T00:00:00Z", was: "day" }),
        field("tag", text, { default: "a" }),
      ],
      "mark",
    ),
    "lists",
    "lines",
    {},
  ],
  [
    "a type by the user's words",
    typed,
    flags(
      "boolean",
      [
        field("done", { kind: "boolean" }, { default: true }),
        field("day", { kind: "date" }, { default: "2026-01-02" }),
        field("tag", int, { default: 1 }),
      ],
      "flag",
    ),
    "lists",
    "lines",
    { "lists.tag": "char_length(title || tag)" },
  ],
];

const given: Change = [
  "an optional column that is filled",
  before,
  store(
    root("List", [
      field("title", text),
      field("short", text, { nullable: true }),
      field("rank", int, { nullable: true, default: 4 }),
    ]),
    child("Line", "List", [field("words", text), field("short", text, { nullable: true })]),
  ),
  "lists",
  "lines",
  { "lists.short": "left(title, 3)", "lines.short": "left(words, 3)" },
];

const shapes: readonly (readonly [string, StoreIr, string, string])[] = [
  [
    "columns renamed",
    store(
      root("List", [field("heading", text, { was: "title" })]),
      child("Line", "List", [field("phrase", text, { was: "words" })]),
    ),
    "lists",
    "lines",
  ],
  [
    "tables renamed",
    store(
      root("Folder", [field("title", text)], "List"),
      child("Row", "Folder", [field("words", text)], "Line"),
    ),
    "folders",
    "rows",
  ],
  [
    "required columns",
    store(
      root("List", [field("title", text), field("rank", int, { default: 3 })]),
      child("Line", "List", [
        field("words", text),
        field("kind", { kind: "enum", values: ["a", "b"] }, { default: "b" }),
      ]),
    ),
    "lists",
    "lines",
  ],
];

const changes: readonly Change[] = [
  ...shapes.map(([name, after, ...tables]): Change => [name, before, after, ...tables, {}]),
  given,
  ...typeChanges,
];

const rows = `
insert into lists (id, title) select gen_random_uuid(), 'title ' || n from generate_series(1, 250) n;
insert into lines (list_id, line_no, words) select id, n, title || n from lists, generate_series(1, 3) n;
update lists set title = title || '!';`;

/** Rows whose last recorded state is another than theirs. */
const strangers = (table: string, key: string): string => `
select count(*) from ${table} t join lateral (
  select content from ${table}_history h where (h.${key.replaceAll(", ", ", h.")}) = (t.${key.replaceAll(", ", ", t.")}) order by revision desc limit 1
) h on true where to_jsonb(t) is distinct from to_jsonb(jsonb_populate_record(null::${table}, h.content))`;

const childrenOf = (table: string, of: string, key: string): string => `
select count(*) from ${table} t join lateral (
  select children from ${table}_history h where h.id = t.id order by revision desc limit 1
) h on true where (select jsonb_agg(to_jsonb(c) order by c.line_no) from ${of} c where c.${key} = t.id)
  is distinct from (select jsonb_agg(to_jsonb(c) order by c.line_no) from jsonb_populate_recordset(null::${of}, h.children -> '${of}') c)`;

describe.skipIf(isMissing(server))("recorded rows", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
  });
  afterAll(async () => {
    await client?.end();
    await space?.drop();
    cell(proof, { kind: "proven" });
  });

  async function holds(table: string, of: string): Promise<void> {
    const key = `${table.slice(0, -1)}_id`;
    const queries = [
      strangers(table, "id"),
      strangers(of, `${key}, line_no`),
      childrenOf(table, of, key),
    ];
    for (const query of queries) expect(await lab.rows(query), query).toEqual([["0"]]);
  }

  /** What stands in the histories: a migration gives rows a new form and is no change of them. */
  const revisions = async (...tables: readonly string[]) =>
    lab.rows(
      tables
        .map((table) => `select operation, count(*) from ${table}_history group by 1`)
        .join(" union all ") + " order by 1, 2",
    );

  test("whoever is not the owner is recorded, whatever the session says of itself", async () => {
    await emptySchema(lab, "live");
    const role = `writer_${Date.now().toString(36)}`;
    await inSchema(lab, "live", async () => {
      await run(lab, wholeOf(before), "up");
      await lab.exec(rows);
      const count = async () => (await lab.rows("select count(*) from lists_history"))[0]?.[0];
      const recorded = Number(await count());
      const change = `select set_config('app.backfill', 'on', true);
update lists set title = 'x' where id in (select id from lists limit 1);`;
      await lab.exec(`create role ${role}; grant usage on schema live to ${role};
grant all on all tables in schema live to ${role}; grant all on all sequences in schema live to ${role};
begin; set local role ${role}; ${change} commit;`);
      expect(await count()).toBe(String(recorded + 1));
      await lab.exec(`begin; ${change} commit; drop owned by ${role}; drop role ${role};`);
      expect(await count()).toBe(String(recorded + 1));
    });
  });

  describe.each(["split", "direct"] as const)("%s", (mode) => {
    test("a null that was recorded of what is required now gets a value of its type, and the step says so", async () => {
      const optional = (nullable: boolean): readonly Field[] => [
        field("title", text),
        field("rank", int, nullable ? { nullable } : { min: 5 }),
        field("mark", { kind: "string", max: 9 }, { nullable }),
        field("parent", uuid, {
          nullable,
          reference: { entity: "List", field: "id", onDelete: "restrict" },
        }),
        field("seal", { kind: "binary" }, { nullable }),
        field("tags", { kind: "array", of: "text" }, { nullable }),
        field("extra", { kind: "json" }, { nullable }),
      ];
      const names = ["rank", "mark", "parent", "seal", "tags", "extra"];
      const storeOf = (nullable: boolean): StoreIr => store(root("List", optional(nullable)));
      const [from, after] = [storeOf(true), storeOf(false)];
      await emptySchema(lab, "live");
      await inSchema(lab, "live", async () => {
        await run(lab, wholeOf(from), "up");
        await lab.exec(`insert into lists (id, title) select gen_random_uuid(), 'a' from generate_series(1, 20);
update lists set rank = 7, mark = 'b', parent = id, seal = 'x', tags = '{c}', extra = '{}';`);
        const steps = inPhases(planned(from, after, mode, {}));
        await run(lab, steps, "up");
        const told = steps.filter(({ reversibility }) => reversibility === "loses-data");
        const [{ title = "" } = {}, ...others] = told;
        expect(others).toEqual([]);
        for (const name of names) expect(title).toContain(` ${name} `);
        const none = names.map((name) => `l.${name} is null`).join(" or ");
        const read = "lists_history h, jsonb_populate_record(null::lists, h.content) l";
        expect(await lab.rows(`select count(*) from ${read} where ${none}`)).toEqual([["0"]]);
        const first = `select min(rank), min(mark), count(*) from ${read} where h.operation = 'insert'`;
        expect(await lab.rows(first)).toEqual([["5", "", "20"]]);
        await run(lab, steps, "down");
      });
    });

    test.each(changes)("%s", async (_, from, after, table, of, values) => {
      await emptySchema(lab, "live");
      await inSchema(lab, "live", async () => {
        await run(lab, wholeOf(from), "up");
        await lab.exec(rows);
        await holds("lists", "lines");
        const recorded = await revisions("lists", "lines");
        const steps = inPhases(planned(from, after, mode, values));
        await run(lab, steps, "up");
        await holds(table, of);
        expect(await revisions(table, of)).toEqual(recorded);
        await run(lab, steps, "down");
        await holds("lists", "lines");
        expect(await revisions("lists", "lines")).toEqual(recorded);
      });
    });
  });
});
