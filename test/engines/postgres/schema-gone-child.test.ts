/** An owned entity that is dropped: its root's history shows its rows to code of before until the contract, and to nobody after it. */
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
const proof = { port: "migrations", engine: columnOf(server), method: "recorded children that go" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const child = (name: string, owner: string, words: Field): Entity =>
  entity({
    name,
    owner,
    timestamps: false,
    key: ["listId", "lineNo"],
    fields: [
      field("listId", uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("lineNo", int, { key: true }),
      words,
    ],
  });

const words = field("words", text);

/** An audited root with these children. @param more of the root */
function store(children: readonly string[], more: Partial<Entity> = {}, own = words): StoreIr {
  const root = entity({
    name: "List",
    audit: true,
    timestamps: false,
    fields: [field("id", uuid, { key: true }), field("title", text)],
    ...more,
  });
  const entities = [root, ...children.map((name) => child(name, root.name, own))];
  const access = { [root.name]: [{ op: "get", name: "get" } as const] };
  return mainStore(entities, [transactional("all", access)]).store;
}

const id = (n: number): string => `01890000-0000-7000-8000-00000000000${n}`;
const deletable = { softDelete: true } as const;

describe.skipIf(isMissing(server))("a child that goes", () => {
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

  const made = async (from: StoreIr): Promise<void> => {
    await run(lab, wholeOf(from), "up");
    await added(1);
  };
  const phase = (steps: readonly Step[], wanted: Phase, direction: "up" | "down" = "up") =>
    run(
      lab,
      steps.filter((step) => step.phase === wanted),
      direction,
    );

  /** As old code writes an aggregate: the root with its children in one statement. */
  const added = (n: number) =>
    lab.exec(`with root as (insert into lists (id, title) values ('${id(n)}', 'a') returning id)
insert into lines (list_id, line_no, words) select id, 1, 'l${n}' from root;`);

  /** The words of the lines in every revision of a list, as `history()` of old code reads them, the oldest first. */
  const shown = async (n: number, root = "lists") =>
    (
      await lab.rows(`
select (select string_agg(line.words, ',' order by line.line_no)
  from jsonb_populate_recordset(null::lines, h.children -> 'lines') line)
from ${root}_history h where h.id = '${id(n)}' order by h.revision`)
    ).flat();

  const holding = async (table = "lines", root = "lists") =>
    (await lab.rows(`select count(*) from ${root}_history where children ? '${table}'`)).flat();

  const losses = (steps: readonly Step[]): readonly string[] =>
    steps.flatMap(({ destroys }) => destroys ?? []).toSorted();

  test.each([
    ["of several", ["Line", "Mark"], ["Mark"], {}],
    ["the only one", ["Line"], [], {}],
    ["as another comes", ["Line", "Mark"], ["Mark", "Note"], {}],
    ["of a root that is marked as deleted", ["Line", "Mark"], ["Mark"], deletable],
    ["the only one of such a root", ["Line"], [], deletable],
  ] as const)("%s: recorded until the contract, and gone with it", async (_, had, has, more) => {
    const [from, to] = [store(had, more), store(has, more)];
    await made(from);
    const steps = inPhases(planned(from, to, "split"));
    expect(losses(steps)).toContain("lists_history.children");
    await phase(steps, "expand");
    await phase(steps, "backfill");
    await added(2);
    await lab.exec(`update lists set title = 'b' where id = '${id(2)}'`);
    await lab.exec(`update lists set title = 'c' where id = '${id(1)}'`);
    expect(await shown(1)).toEqual(["l1", "l1"]);
    expect(await shown(2)).toEqual(["l2", "l2"]);
    const marked = "softDelete" in more;
    await lab.exec(
      marked
        ? `update lists set deleted_at = now() where id = '${id(2)}'`
        : `delete from lists where id = '${id(2)}'`,
    );
    expect(await shown(2)).toEqual(["l2", "l2", "l2"]);
    expect(await lab.rows(`select count(*) from lines where list_id = '${id(2)}'`)).toEqual([
      [marked ? "1" : "0"],
    ]);
    await phase(steps, "contract");
    const kept = has.length > 0;
    if (kept) expect(await holding()).toEqual(["0"]);
    await lab.exec(`update lists set title = 'd' where id = '${id(1)}'`);
    if (kept) expect(await holding()).toEqual(["0"]);
    await phase(steps, "contract", "down");
    await added(3);
    await lab.exec(`update lists set title = 'e' where id = '${id(3)}'`);
    expect(await shown(3)).toEqual(["l3", "l3"]);
    await phase(steps, "backfill", "down");
    await phase(steps, "expand", "down");
    await lab.exec(`update lists set title = 'f' where id = '${id(3)}'`);
    expect(await shown(3)).toEqual(["l3", "l3", "l3"]);
    expect(
      await lab.rows(
        "select tgname from pg_trigger where tgrelid = 'lists_history'::regclass and not tgisinternal",
      ),
    ).toEqual([]);
  });

  test("taken back before the contract, nothing that was recorded meanwhile lacks them", async () => {
    const [from, to] = [store(["Line", "Mark"]), store(["Mark"])];
    await made(from);
    const steps = inPhases(planned(from, to, "split"));
    await phase(steps, "expand");
    await added(2);
    await lab.exec("update lists set title = 'b'");
    await added(3);
    await lab.exec(`delete from lists where id = '${id(3)}'`);
    await phase(steps, "expand", "down");
    expect(await shown(2)).toEqual(["l2", "l2"]);
    await lab.exec("delete from lists");
    expect(await shown(1)).toEqual(["l1", "l1", "l1"]);
  });

  test("of a root that gets another name", async () => {
    const from = store(["Line", "Mark"]);
    const to = store(["Mark"], { name: "Sheet", was: "List", table: "sheets" });
    await made(from);
    const steps = inPhases(planned(from, to, "split"));
    await phase(steps, "expand");
    await phase(steps, "backfill");
    await added(2);
    expect(await shown(2, "sheets")).toEqual(["l2"]);
    expect(await shown(2, "lists")).toEqual(["l2"]);
    await phase(steps, "contract");
    expect(await holding("lines", "sheets")).toEqual(["0"]);
  });

  test("direct: what was recorded of it goes at once", async () => {
    const [from, to] = [store(["Line", "Mark"]), store(["Mark"])];
    await made(from);
    const steps = planned(from, to, "direct");
    const step = steps.find(({ destroys }) => destroys === "lists_history.children");
    expect(step?.title).toBe("lists_history: what was recorded of lines goes with it");
    await run(lab, steps, "up");
    expect(await holding()).toEqual(["0"]);
    expect(await holding("marks")).toEqual(["1"]);
    await run(lab, steps, "down");
    await added(2);
    expect(await shown(2)).toEqual(["l2"]);
  });

  test.each(["split", "direct"] as const)(
    "%s: of an owned entity that comes, nothing is shown that an earlier version of the tool left under its name",
    async (mode) => {
      const [from, to] = [store(["Mark"]), store(["Line", "Mark"], {}, words)];
      await run(lab, wholeOf(from), "up");
      await lab.exec(`insert into lists (id, title) values ('${id(1)}', 'a');
update lists_history set children = children || '{"lines": [{"line_no": 1, "words": "secret"}]}';`);
      const [before, after] = [from, to].map((each) => planner.snapshot(each, "shop"));
      if (before === undefined || after === undefined) throw new Error("no snapshot");
      const context = { store: to, project: "shop", mode, values: {} };
      const plan = (displaced: readonly string[]) =>
        inPhases(planner.diff(before, after, { ...context, displaced }).steps);
      const isAbout = ({ title }: Step): boolean => title.includes("is none of what has");
      expect(plan(["rows"]).filter(isAbout)).toEqual([]);
      const steps = plan(["lines"]);
      expect(steps.filter(isAbout)).toHaveLength(1);
      await run(lab, steps, "up");
      await added(2);
      expect(await shown(1)).toEqual([null]);
      expect(await shown(2)).toEqual(["l2"]);
    },
  );
});
