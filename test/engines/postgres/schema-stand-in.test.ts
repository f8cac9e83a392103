/** A required field that is dropped: code of before reads every row and every revision for as long as it may run, whoever wrote them. */
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
const proof = { port: "migrations", engine: columnOf(server), method: "fields that go" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

function store(fields: readonly Field[], more: Partial<Entity> = {}): StoreIr {
  const all = [field("title", text), ...fields];
  const root = entity({
    name: "List",
    audit: true,
    timestamps: false,
    fields: [field("id", uuid, { key: true }), ...all],
    ...more,
  });
  const line = entity({
    name: "Line",
    owner: "List",
    timestamps: false,
    key: ["listId", "lineNo"],
    fields: [
      field("listId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("lineNo", int, { key: true }),
      ...all,
    ],
  });
  const access = { List: [{ op: "get", name: "get" } as const] };
  return mainStore([root, line], [transactional("all", access)]).store;
}

const gone: readonly (readonly [field: Field, value: string, standIn: string])[] = [
  [field("remark", text), "'secret'", ""],
  [field("code", { kind: "string", max: 40 }, { min: 3 }), "'secret'", "---"],
  [field("size", int, { min: 3 }), "7", "3"],
  [field("debt", { kind: "bigint" }, { max: -2 }), "-7", "-2"],
  [field("price", { kind: "decimal", precision: 8, scale: 2 }, { min: "0.5" }), "1.5", "0.50"],
  [field("mood", { kind: "enum", values: ["calm", "wild"] }), "'wild'", "calm"],
  [field("day", { kind: "date" }), "'2026-01-02'", "1970-01-01"],
  [field("tags", { kind: "array", of: "string" }), "'{a,b}'", "{}"],
  [field("done", { kind: "boolean" }), "true", "f"],
  [field("more", { kind: "json" }), `'{"a": 1}'`, "{}"],
];
const names = gone.map(([{ name }]) => name);
const [whole, rest] = [store(gone.map(([each]) => each)), store([])];

const id = (n: number): string => `01890000-0000-7000-8000-00000000000${n}`;

describe.skipIf(isMissing(server))("a required field that goes", () => {
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

  const phase = (steps: readonly Step[], wanted: Phase, direction: "up" | "down" = "up") =>
    run(
      lab,
      steps.filter((step) => step.phase === wanted),
      direction,
    );

  const oldCode = (n: number): Promise<unknown> =>
    lab.exec(`insert into lists (id, title, ${names.join(", ")}) values ('${id(n)}', 'old', ${gone.map(([, value]) => value).join(", ")});
insert into lines (list_id, line_no, title, ${names.join(", ")}) values ('${id(n)}', 1, 'old', ${gone.map(([, value]) => value).join(", ")});`);
  const newCode = (n: number): Promise<unknown> =>
    lab.exec(`insert into lists (id, title) values ('${id(n)}', 'new');
insert into lines (list_id, line_no, title) values ('${id(n)}', 1, 'new');
update lists set title = 'changed' where id = '${id(n)}';`);

  const columns = names.map((name) => `r.${name}`).join(", ");
  /** Every row and every revision as code of before reads them. */
  const read = (fields: string): string => `
select ${fields} from lists r union all select ${fields} from lines r
union all select ${fields} from lists_history h, jsonb_populate_record(null::lists, h.content) r
union all select ${fields} from lists_history h, jsonb_populate_recordset(null::lines, h.children -> 'lines') r
union all select ${fields} from lines_history h, jsonb_populate_record(null::lines, h.content) r`;
  const unread = () =>
    lab.rows(
      `select count(*) from (${read(`${names.map((name) => `r.${name} is null`).join(" or ")} as unread`)}) x where unread`,
    );

  test("is read by code of before until the contract, and again once that is taken back", async () => {
    await run(lab, wholeOf(whole), "up");
    await oldCode(1);
    const steps = inPhases(planned(whole, rest, "split"));
    await phase(steps, "expand");
    await newCode(2);
    await oldCode(3);
    expect(await unread()).toEqual([["0"]]);
    expect(await lab.rows(`select ${columns} from lists r where id = '${id(2)}'`)).toEqual([
      gone.map(([, , standIn]) => standIn),
    ]);
    await phase(steps, "contract");
    await newCode(4);
    await phase(steps, "contract", "down");
    expect(await unread()).toEqual([["0"]]);
    await newCode(5);
    await oldCode(6);
    expect(await unread()).toEqual([["0"]]);
    expect(
      await lab.rows(`select distinct ${columns} from lists r where id <> '${id(6)}'`),
    ).toEqual([gone.map(([, , standIn]) => standIn)]);
    await phase(steps, "expand", "down");
    expect(await unread()).toEqual([["0"]]);
    await expect(newCode(7)).rejects.toThrow(/null value in column/);
  });

  test("what stands for it is told", () => {
    const steps = inPhases(planned(whole, rest, "split"));
    const titles = steps.map(({ title }) => title);
    expect(titles).toContain("lists: column size is 3 where nothing is given for it");
    expect(titles.filter((each) => each.includes("taken back")).join("\n")).toMatch(
      /lists_history: .*of lists .*remark ''.*size 3/,
    );
    expect(steps.flatMap(({ note }) => note ?? []).join()).not.toContain("reads no row");
  });

  test("of which each row has another is another one for each row", async () => {
    const unique = store([field("label", text, { unique: true })]);
    await run(lab, wholeOf(unique), "up");
    await lab.exec(`insert into lists (id, title, label) values ('${id(1)}', 'old', 'a')`);
    const steps = inPhases(planned(unique, rest, "split"));
    await phase(steps, "expand");
    await lab.exec(`insert into lists (id, title) values ('${id(2)}', 'new'), ('${id(3)}', 'new')`);
    await phase(steps, "contract");
    await phase(steps, "contract", "down");
    await lab.exec(`insert into lists (id, title) values ('${id(4)}', 'new')`);
    expect(await lab.rows("select count(distinct label), count(*) from lists")).toEqual([
      ["4", "4"],
    ]);
  });

  test("for which nothing can stand is empty, which is told", async () => {
    const counted = store([field("no", int, { unique: true })]);
    const steps = inPhases(planned(counted, rest, "split"));
    const notes = steps.flatMap(({ title, note = "" }) =>
      title === "lists: column no may be empty" ? [note] : [],
    );
    expect(notes.join()).toContain("code of before reads no row");
  });
});
