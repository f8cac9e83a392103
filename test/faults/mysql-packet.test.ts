// An aggregate comes as one JSON text, which a server cuts at max_allowed_packet with no more than a warning.
import { afterAll, beforeAll, expect, it } from "vitest";
import { int, json, rowsOf } from "../../templates/engines/mysql/codec.ts";
import {
  asc,
  tableOf,
  type ValueRow,
  type WriteParts,
} from "../../templates/engines/mysql/statement.ts";
import { migrateUp } from "../../templates/runtime/migrate.ts";
import { type Opened, openStore } from "../unit/mysql-driver/open-store.ts";
import { migrationOf } from "../unit/mysql-driver/items.ts";
import { onPrivateServers } from "./mysql-server.ts";

const hung = `(select coalesce(json_arrayagg(json_array(child.no, 'twenty characters...', null)), json_array())
  from hung child where child.tree = tree.id)`;
const rows = json<readonly ValueRow[]>();
const trees = tableOf<{ readonly id: number; readonly hung: number }>({
  name: "trees",
  collection: "tree",
  entity: "Tree",
  key: [0],
  row: (row) => ({ id: int.decode(row[0]), hung: rows.decode(row[1] ?? null).length }),
});
const byKey = `select tree.id, ${hung} from tree where tree.id = $1`;
const placing: WriteParts = {
  with: [
    "insert into hung select $1, given.no from json_table($2, '$[*]' columns (no int path '$[0]')) given",
  ],
  result: { select: byKey },
};
const place = trees.write("place", "insert into tree (id) values ($1)", placing);
const recorded = trees.write("recorded", "insert into tree (id) values ($1)", {
  ...placing,
  with: [
    ...(placing.with ?? []),
    `update tree, (${byKey.replace(`, ${hung}`, `, ${hung} as hung`)}) now set tree.was = now.hung where tree.id = now.id`,
  ],
});
const get = trees.keyedRead("get", byKey);
const list = trees.dynamicRead("list", {
  select: `select tree.id, ${hung} from tree`,
  where: [],
  order: [asc("tree.id", "cast({0} as signed)")],
  cursor: [0],
});

const few = 100;
const many = 40_000;
const children = (count: number): string => rowsOf(Array.from({ length: count }, (_, at) => [at]));
const patient = { deadlineMs: 60_000 };
const tooLarge = (of: string, more: object = {}): object => ({
  kind: "constraint",
  hint: expect.stringMatching(`^the children of ${of}.* max_allowed_packet: raise it`),
  ...more,
});

await onPrivateServers(
  "an aggregate larger than a packet",
  (server) => {
    let opened: Opened;

    beforeAll(async () => {
      opened = await openStore((await server.namespace()).dsn, patient);
      const { store, dialect } = opened;
      await migrateUp(store.migrationTarget(), [migrationOf(dialect)]);
      await store.raw("create table tree (id int primary key, was json)");
      await store.raw("create table hung (tree int, no int, primary key (tree, no))");
    }, 120_000);
    afterAll(() => opened.close());

    const placed = (id: number, count: number, operation?: string): Promise<unknown> => {
      const options = operation === undefined ? undefined : { operation };
      return opened.store.session.write(place, [id, children(count)], options);
    };
    const found = async (): Promise<readonly unknown[]> =>
      (await opened.store.raw("select id from tree order by id")).rows.map(([id]) => id);

    it("is refused before it is committed, alone, under an operation id and in a transaction", async () => {
      await placed(1, few);
      const of = (id: number): object =>
        tooLarge(`Tree ${id}`, { constraint: "max_allowed_packet" });
      await expect(placed(2, many)).rejects.toMatchObject(of(2));
      await expect(placed(3, many, "three")).rejects.toMatchObject(of(3));
      const both = opened.store.transaction(async (tx) => {
        await tx.write(place, [4, children(few)]);
        await tx.write(place, [5, children(many)]).catch(() => {});
      });
      await expect(both).rejects.toMatchObject({ kind: "programming" });
      expect(await found()).toEqual([1]);
      expect(await placed(3, few, "three-again")).toEqual({ id: 3, hung: few });
    }, 120_000);

    it("is refused where the server itself would keep it, in history", async () => {
      const write = opened.store.session.write(recorded, [6, children(many)]);
      await expect(write).rejects.toMatchObject(
        tooLarge("one row", { code: opened.dialect === "mysql" ? "1301" : "1260" }),
      );
      expect(await found()).not.toContain(6);
    }, 120_000);

    it("that is there already is told by whoever reads it, with entity and key", async () => {
      await opened.store.raw("insert into tree (id) values (7)");
      const made =
        "insert into hung select 7, given.no from json_table($1, '$[*]' columns (no int path '$[0]')) given";
      await opened.store.raw(made, [children(many)], patient);
      const { session } = opened.store;
      await expect(session.first(get, [7])).rejects.toMatchObject(tooLarge("Tree 7"));
      await expect(session.page(list, { fixed: [] }, { limit: 10 })).rejects.toMatchObject(
        tooLarge("Tree 7"),
      );
      expect(await session.first(get, [1])).toEqual({ id: 1, hung: few });
    }, 120_000);
  },
  { settings: { "max-allowed-packet": "1M" } },
);
