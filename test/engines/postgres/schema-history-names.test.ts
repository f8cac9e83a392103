/** The names of fields and tables in what a history recorded: both stand between expand and contract, and none stays that nobody has. */
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import type { Phase, Step } from "../../../src/migrate/step.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import type { Entity, Field } from "../../../src/spec/model.ts";
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
import {
  connected,
  emptySchema,
  inPhases,
  type Lab,
  planned,
  run,
  serverLab,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "recorded names" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const child = (name: string, was: string | undefined, fields: readonly Field[]): Entity =>
  entity({
    name,
    owner: "List",
    timestamps: false,
    ...(was !== undefined && { was }),
    key: ["listId", "lineNo"],
    fields: [
      field("listId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("lineNo", int, { key: true }),
      ...fields,
    ],
  });

/** A root with these fields, and a child with the same. */
function store(fields: readonly Field[], name = "Line", was?: string): StoreIr {
  const root = entity({
    name: "List",
    audit: true,
    timestamps: false,
    fields: [field("id", uuid, { key: true }), ...fields],
  });
  const access = { List: [{ op: "get", name: "get" } as const] };
  return mainStore([root, child(name, was, fields)], [transactional("all", access)]).store;
}

const title = field("title", text);
const dropped: readonly Field[] = [
  field("note", text, { nullable: true }),
  field("size", int, { min: 3 }),
  field("mood", { kind: "enum", values: ["calm", "wild"] }),
  field("tags", { kind: "array", of: "string" }),
  field("price", { kind: "decimal", precision: 8, scale: 2 }),
  field("stamp", int, { default: 4 }),
];
const [whole, rest] = [store([title, ...dropped]), store([title])];

const id = (n: number): string => `01890000-0000-7000-8000-00000000000${n}`;
const values = "'secret', 7, 'wild', '{a,b}', 1.50, 9";
const columns = "title, note, size, mood, tags, price, stamp";

/** Two lists with a line each; the first list has changed once. */
const rows = `
insert into lists (id, ${columns}) select ('01890000-0000-7000-8000-00000000000' || n)::uuid, 'a', ${values} from generate_series(1, 2) n;
insert into lines (list_id, line_no, ${columns}) select id, 1, 'b', ${values} from lists;
update lists set title = 'c';`;

const array = (names: readonly string[]): string =>
  `array[${names.map((name) => `'${name}'`).join(", ")}]`;

/** Recorded rows of lists and lines that have one of these keys, and children of lists that have. */
const holding = (names: readonly string[], lines = "lines"): string => `
select (select count(*) from lists_history where content ?| ${array(names)}),
  (select count(*) from ${lines}_history where content ?| ${array(names)}),
  (select count(*) from lists_history, jsonb_each(children) c, jsonb_array_elements(c.value) r where r ?| ${array(names)})`;

const recorded = (lines = "lines"): string => `
select content::text || children::text from lists_history union all select content::text from ${lines}_history order by 1`;

/** Every recorded row as code reads it: of lists, of their children, of lines. */
const read = (expression: string, lines = "lines"): string => `
select ${expression} from lists_history h, jsonb_populate_record(null::lists, h.content) r
union all select ${expression} from lists_history h, jsonb_populate_recordset(null::${lines}, h.children -> '${lines}') r
union all select ${expression} from ${lines}_history h, jsonb_populate_record(null::${lines}, h.content) r`;

describe.skipIf(isMissing(server))("names in what was recorded", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
  });
  beforeEach(async () => {
    await emptySchema(lab, "live");
    await lab.exec("create schema live; set search_path to live, public");
  });
  afterAll(async () => {
    await client?.end();
    await space?.drop();
    cell(proof, { kind: "proven" });
  });

  const made = async (from: StoreIr, filled = rows): Promise<void> => {
    await run(lab, wholeOf(from), "up");
    await lab.exec(filled);
  };
  const phase = (steps: readonly Step[], wanted: Phase, direction: "up" | "down" = "up") =>
    run(
      lab,
      steps.filter((step) => step.phase === wanted),
      direction,
    );
  const whatIsLost = (steps: readonly Step[]): readonly string[] =>
    steps.flatMap(({ destroys }) => destroys ?? []).toSorted();

  const names = dropped.map((each) => each.name);
  const required = names.filter((name) => name !== "note");
  const none = required.map((name) => `r.${name} is null`).join(" or ");
  const nulls = `select count(*) from (${read(`${none} as unread`)}) x where unread`;
  const lossOfHistory = [
    "lines_history.content",
    "lists_history.children",
    "lists_history.content",
  ];

  test.each(["split", "direct"] as const)(
    "%s: what a dropped field held goes with it; taken back, code of before reads every revision",
    async (mode) => {
      await made(whole);
      const steps = inPhases(planned(whole, rest, mode));
      expect(whatIsLost(steps)).toEqual(
        [
          ...names.flatMap((name) => [`lines.${name}`, `lists.${name}`]),
          ...lossOfHistory,
        ].toSorted(),
      );
      for (const step of steps.filter(({ destroys = "" }) => lossOfHistory.includes(destroys)))
        expect(step.title).toContain(`loses ${names.join(", ")}`);
      if (mode === "split") {
        const before = await lab.rows(recorded());
        await phase(steps, "expand");
        await phase(steps, "backfill");
        expect(await lab.rows(recorded())).toEqual(before);
        await phase(steps, "contract");
      } else await run(lab, steps, "up");
      expect(await lab.rows(holding(names))).toEqual([["0", "0", "0"]]);
      expect((await lab.rows(recorded())).join()).not.toContain("secret");
      await lab.exec(`update lists set title = 'later'; update lines set title = 'later';
insert into lists (id, title) values ('${id(3)}', 'new');`);
      await run(lab, steps, "down");
      expect(await lab.rows(nulls)).toEqual([["0"]]);
      await lab.exec("update lists set note = 'd'");
    },
  );

  test.each(["split", "direct"] as const)(
    "%s: a field of a name that was dropped before has no value in what was recorded before it",
    async (mode) => {
      await made(whole);
      await run(lab, inPhases(planned(whole, rest, mode)), "up");
      const again = store([
        title,
        field("note", int, { nullable: true }),
        field("size", { kind: "boolean" }, { default: true }),
      ]);
      await run(lab, inPhases(planned(rest, again, mode)), "up");
      expect(
        await lab.rows(`select distinct note, size from (${read("r.note, r.size")}) x`),
      ).toEqual([[null, "t"]]);
    },
  );

  test.each(["split", "direct"] as const)(
    "%s: keys that an earlier version of the tool left are none of a new field's",
    async (mode) => {
      await made(
        rest,
        `insert into lists (id, title) values ('${id(1)}', 'a'); insert into lines (list_id, line_no, title) select id, 1, 'b' from lists;`,
      );
      const stale = `'{"note": "secret", "size": "large"}'`;
      await lab.exec(`update lists_history set content = content || ${stale},
  children = jsonb_build_object('lines', (select coalesce(jsonb_agg(r || ${stale}), '[]') from jsonb_array_elements(children -> 'lines') r));
update lines_history set content = content || ${stale};`);
      const again = store([
        title,
        field("note", int, { nullable: true }),
        field("size", int, { default: 5 }),
      ]);
      const [from, to] = [rest, again].map((each) => planner.snapshot(each, "shop"));
      if (from === undefined || to === undefined) throw new Error("no snapshot");
      const context = { store: again, project: "shop", mode, values: {} };
      const plan = (displaced: readonly string[]) =>
        inPhases(planner.diff(from, to, { ...context, displaced }).steps);
      const isAbout = ({ title: each }: Step): boolean => each.includes("is none of what has");
      expect(plan(["lists.words"]).filter(isAbout)).toEqual([]);
      const steps = plan(["lists.note", "lists.size", "lines.note", "lines.size"]);
      expect(steps.filter(isAbout)).toHaveLength(3);
      await run(lab, steps, "up");
      expect(
        await lab.rows(`select distinct note, size from (${read("r.note, r.size")}) x`),
      ).toEqual([[null, "5"]]);
      await lab.exec("update lists set note = 8");
      await run(lab, steps, "down");
      expect(await lab.rows(holding(["note", "size"]))).toEqual([["0", "0", "0"]]);
    },
  );

  const words = store([
    field("words", text, { was: "title" }),
    ...dropped.filter(({ name }) => name !== "note"),
    field("remark", text, { nullable: true, was: "note" }),
  ]);

  test("a field's former name is there until the contract, and again when that is taken back", async () => {
    await made(whole);
    await lab.exec("update lists set note = null where title = 'c'");
    const before = await lab.rows(recorded());
    const steps = inPhases(planned(whole, words, "split"));
    expect(whatIsLost(steps)).toEqual([]);
    await phase(steps, "expand");
    await lab.exec("update lists set title = 'old code'");
    await phase(steps, "backfill");
    await lab.exec("update lists set words = 'new code', remark = null");
    const both = await lab.rows(read("r.title = r.words and r.note is not distinct from r.remark"));
    expect(both.flat().filter((each) => each !== "t")).toEqual([]);
    await phase(steps, "contract");
    expect(await lab.rows(holding(["title", "note"]))).toEqual([["0", "0", "0"]]);
    await lab.exec("update lists set words = 'after'; update lines set remark = 'after'");
    await phase(steps, "contract", "down");
    const again = await lab.rows(
      read("r.title = r.words and r.note is not distinct from r.remark"),
    );
    expect(again.flat().filter((each) => each !== "t")).toEqual([]);
    await phase(steps, "contract");
    await run(lab, steps, "down");
    expect(await lab.rows(holding(["words", "remark"]))).toEqual([["0", "0", "0"]]);
    const back = await lab.rows(recorded());
    for (const row of before) expect(back).toContainEqual(row);
  });

  test.each([
    ["", whole, store([title, ...dropped], "Row", "Line")],
    [" with its fields", whole, store([field("words", text, { was: "title" })], "Row", "Line")],
  ] as const)(
    "a child's former name is there until the contract, and again when that is taken back%s",
    async (_, from, to) => {
      await made(from);
      const steps = inPhases(planned(from, to, "split"));
      const counts = (...tables: readonly string[]) =>
        lab.rows(
          `select ${tables.map((name) => `count(*) filter (where jsonb_array_length(children -> '${name}') = 1)`).join(", ")} from lists_history where operation <> 'insert'`,
        );
      const change = async (n: number, table: string): Promise<void> => {
        await lab.exec(
          `update lists set id = id where id = '${id(n)}'; update ${table} set line_no = line_no`,
        );
      };
      await phase(steps, "expand");
      await change(1, "lines");
      expect(await counts("lines")).toEqual([["3"]]);
      await phase(steps, "backfill");
      await change(1, "rows");
      expect(await counts("lines", "rows")).toEqual([["4", "4"]]);
      const old = `select count(*) from lists_history h, jsonb_populate_recordset(null::lines, h.children -> 'lines') r where r.title = 'b'`;
      expect(await lab.rows(old)).toEqual([["4"]]);
      await phase(steps, "contract");
      await change(1, "rows");
      expect(await counts("lines", "rows")).toEqual([["0", "5"]]);
      await phase(steps, "contract", "down");
      await change(2, "lines");
      await lab.exec(`delete from lists where id = '${id(2)}'`);
      expect(await counts("lines", "rows")).toEqual([["7", "7"]]);
      expect(await lab.rows(old)).toEqual([["7"]]);
      await phase(steps, "backfill", "down");
      await phase(steps, "expand", "down");
      expect(await counts("lines", "rows")).toEqual([["7", "0"]]);
      expect(
        await lab.rows(`select distinct jsonb_object_keys(children) from lists_history`),
      ).toEqual([["lines"]]);
      expect(await lab.rows(old)).toEqual([["7"]]);
    },
  );
});
