/** What a store must do on either server: the same assertions run on both. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { purgeOperations } from "../../../templates/engines/mysql/operation.ts";
import type { MysqlStore, MysqlTransaction } from "../../../templates/engines/mysql/store.ts";
import { rowsOf } from "../../../templates/engines/mysql/codec.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { outsideTransactions } from "../../../templates/runtime/unit-of-work.ts";
import {
  amend,
  bump,
  cancel,
  draw,
  get,
  getMany,
  id,
  ids,
  importAll,
  itemRows,
  list,
  migrationOf,
  newItem,
  own,
  place,
  placeAlone,
  placeReturning,
  placeWithLines,
  put,
  remove,
  reserve,
  tenantA,
  tenantB,
} from "./items.ts";
import { type Opened, openStore } from "./open-store.ts";

const kindOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "resolved",
    (error: { readonly kind?: string }) => error.kind ?? error,
  );

/** What begins or ends a transaction, as the server reads it: a comment is a blank, and some of them it runs. */
const frames = [
  "commit",
  " BEGIN",
  "rollback",
  "start transaction",
  "/* traced */ commit",
  "-- traced\n# twice\ncommit",
  "/*! commit */",
  "/*!50000 start */ /* x */ transaction",
  "set @@session.autocommit = 1",
];

export const storeBehaviour = (dsn: () => Promise<string>): void => {
  let opened: Opened;
  let store: MysqlStore;

  beforeAll(async () => {
    opened = await openStore(await dsn());
    store = opened.store;
    await migrateUp(store.migrationTarget(), [migrationOf(opened.dialect)]);
  });
  beforeEach(async () => {
    for (const table of ["item_line", "item", "`operation`"])
      await store.raw(`delete from ${table}`);
  });
  afterAll(() => opened.close());

  const lines = async (): Promise<unknown> =>
    (await store.raw("select line_no, words from item_line order by line_no")).rows;

  describe("keyed reads and writes", () => {
    it("writes, reads, patches, counts and deletes", async () => {
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
      const placed = await store.session.write(place, newItem(1));
      expect(placed).toEqual({ id: id(1), count: 5, note: null, version: 1 });
      expect(await store.session.first(get, [id(1)])).toEqual(placed);
      expect(
        await store.session.patch(amend, [id(1)], { note: "x", count: undefined }),
      ).toMatchObject({ note: "x", count: 5 });
      expect(await store.session.patch(amend, [id(1)], { note: null })).toMatchObject({
        note: null,
        version: 3,
      });
      expect((await store.session.write(reserve, [id(1), -2])).count).toBe(3);
      expect(await store.session.write(cancel, [id(1)])).toBe(id(1));
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
    });

    it("tells missing, stale, duplicate and forbidden apart", async () => {
      await store.session.write(place, newItem(1));
      expect(await kindOf(store.session.write(reserve, [id(2), 1]))).toBe("not-found");
      expect(await kindOf(store.session.write(bump, [id(2), 1]))).toBe("not-found");
      const edit = { note: "x" };
      expect(await kindOf(store.session.patch(amend, [id(2)], edit, { ifVersion: 1 }))).toBe(
        "not-found",
      );
      expect(await kindOf(store.session.patch(amend, [id(1)], edit, { ifVersion: 9 }))).toBe(
        "conflict",
      );
      for (const deletion of [cancel, remove]) {
        const stale = store.session.write(deletion, [id(1)], { ifVersion: 9 });
        expect(await kindOf(stale)).toBe("conflict");
        const gone = store.session.write(deletion, [id(2)], { ifVersion: 9 });
        expect(await kindOf(gone)).toBe("not-found");
      }
      expect(await kindOf(store.session.write(place, newItem(1)))).toBe("conflict");
      await expect(store.session.write(reserve, [id(1), -6])).rejects.toMatchObject({
        kind: "constraint",
        code: opened.dialect === "mysql" ? "3819" : "4025",
        constraint: "item_count_check",
        attempts: 1,
      });
    });

    it("a limit that the statement keeps is named, and told from a missing key", async () => {
      await store.session.write(place, newItem(1));
      expect(await store.session.write(draw, [id(1), 5])).toMatchObject({ count: 0 });
      await expect(store.session.write(draw, [id(1), 1])).rejects.toMatchObject({
        kind: "constraint",
        constraint: "item_count_floor",
      });
      expect(await kindOf(store.session.write(draw, [id(2), 1]))).toBe("not-found");
    });

    it("an upsert inserts and then changes; racers of one key all get through", async () => {
      expect(await store.session.write(put, newItem(1, 5))).toMatchObject({ count: 5, version: 1 });
      expect(await store.session.write(put, newItem(1, 6))).toMatchObject({ count: 6, version: 2 });
      const racers = Array.from({ length: 12 }, (_, at) =>
        store.session.write(put, newItem(2, at)),
      );
      const versions = (await Promise.all(racers)).map(({ version }) => version);
      expect(versions.toSorted((a, b) => a - b)).toEqual(racers.map((_, at) => at + 1));
    });

    it("owned rows come with their root or not at all", async () => {
      const given = rowsOf([
        [1, "one"],
        [2, null],
      ]);
      const placed = await store.session.write(placeWithLines, [...newItem(1), given]);
      expect(placed.lines.toSorted()).toEqual([
        [1, "one"],
        [2, null],
      ]);
      const twice = rowsOf([
        [1, "one"],
        [1, "again"],
      ]);
      expect(await kindOf(store.session.write(placeWithLines, [...newItem(2), twice]))).toBe(
        "conflict",
      );
      expect(await store.session.first(get, [id(2)])).toBeUndefined();
      expect(await lines()).toHaveLength(2);
    });

    it("what comes before a change that finds nothing is undone, also in a transaction", async () => {
      const given = rowsOf([[1, "one"]]);
      await store.session.write(placeWithLines, [...newItem(1), given]);
      const stale = store.session.write(cancel, [id(1)], { ifVersion: 9 });
      expect(await kindOf(stale)).toBe("conflict");
      expect(await lines()).toHaveLength(1);
      await store.transaction(async (tx) => {
        expect(await kindOf(tx.write(cancel, [id(1)], { ifVersion: 9 }))).toBe("conflict");
        await tx.write(reserve, [id(1), 1]);
      });
      expect(await lines()).toHaveLength(1);
      expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 6 });
    });

    it("a batch is one statement, all or nothing", async () => {
      const made = await store.session.writeMany(importAll, itemRows([2, 2], [1, 1], [3, 3]));
      expect(made.map((item) => item.count)).toEqual([2, 1, 3]);
      expect(await kindOf(store.session.writeMany(importAll, itemRows([4, 1], [1, 1])))).toBe(
        "conflict",
      );
      expect(await store.session.writeMany(importAll, itemRows())).toEqual([]);
      const found = await store.session.all(getMany, ids(3, 4, 1));
      expect(found.map((item) => item.id)).toEqual([id(3), id(1)]);
    });

    it("an insert whose row is read afterwards, alone and in a transaction", async () => {
      expect(await store.session.write(placeAlone, newItem(1))).toMatchObject({ count: 5 });
      expect(await kindOf(store.session.write(placeAlone, newItem(1)))).toBe("conflict");
      const within = await store.transaction((tx) => tx.write(placeAlone, newItem(2, 7)));
      expect(within).toMatchObject({ count: 7 });
      const keyed = { operation: "o1" };
      const placed = await store.session.write(placeAlone, newItem(3), keyed);
      expect(await store.session.write(placeAlone, newItem(3), keyed)).toEqual(placed);
    });

    it("insert … returning, where the server has it", async () => {
      const inserted = store.session.write(placeReturning, newItem(1));
      if (opened.dialect === "mariadb") expect(await inserted).toMatchObject({ count: 5 });
      else expect(await kindOf(inserted)).toBe("programming");
    });

    it("keys are equal only when they are the same text", async () => {
      const keyed = (key: string): [string, string, number, null] => [key, tenantA, 1, null];
      const keys = ["a", "A", "á", "a\u0301", "a\u200b"];
      for (const key of keys) await store.session.write(place, keyed(key));
      expect(await store.session.first(get, ["a"])).toMatchObject({ id: "a" });
      expect((await store.raw("select count(distinct id) from item")).rows).toEqual([
        [`${keys.length}`],
      ]);
    });
  });

  describe("lists", () => {
    it("pages through nulls and both directions without gap or repetition", async () => {
      for (let number = 0; number < 23; number += 1) {
        const note = number % 3 === 0 ? null : `n${number % 3}`;
        await store.session.write(place, newItem(number, number % 4, note));
      }
      const whole = await store.session.list(list, { fixed: [0] });
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.session.page(list, { fixed: [0] }, { limit: 4, after });
        paged.push(...page.items.map((item) => item.id));
        after = page.next;
      } while (after !== undefined && paged.length <= 23);
      expect(paged).toEqual(whole.map((item) => item.id));
      expect(paged).toHaveLength(23);
      const noted = await store.session.list(list, { fixed: [1], optional: ["n2"] });
      expect(noted.every((item) => item.note === "n2" && item.count >= 1)).toBe(true);
    });

    it("refuses a cursor of another list", async () => {
      expect(await kindOf(store.session.page(list, { fixed: [0] }, { after: "bm9wZQ" }))).toBe(
        "programming",
      );
      expect(await kindOf(store.session.page(list, { fixed: [0] }, { limit: 0 }))).toBe(
        "programming",
      );
    });
  });

  describe("operation ids", () => {
    it("a replay returns the stored result, whatever happened to the row since", async () => {
      const placed = await store.session.write(place, newItem(1), { operation: "o1" });
      await store.session.write(reserve, [id(1), -5], { operation: "o2" });
      expect(await store.session.write(reserve, [id(1), -5], { operation: "o2" })).toMatchObject({
        count: 0,
      });
      expect(await store.session.write(place, newItem(1), { operation: "o1" })).toEqual(placed);
      await store.session.write(cancel, [id(1)], { operation: "o3" });
      expect(await store.session.write(cancel, [id(1)], { operation: "o3" })).toBe(id(1));
      expect(await kindOf(store.session.patch(amend, [id(1)], { note: "x" }))).toBe("not-found");
      const many = await store.session.writeMany(importAll, itemRows([7, 1]), { operation: "o4" });
      expect(
        await store.session.writeMany(importAll, itemRows([7, 1]), { operation: "o4" }),
      ).toEqual(many);
    });

    it("values made by the call itself are no part of the content", async () => {
      const first = await store.session.write(place, newItem(1), { operation: "o1" }, [0]);
      expect(await store.session.write(place, newItem(2), { operation: "o1" }, [0])).toEqual(first);
      expect(await store.session.first(get, [id(2)])).toBeUndefined();
    });

    it("other content under the same id is a conflict", async () => {
      await store.session.write(place, newItem(1), { operation: "o1" });
      await expect(
        store.session.write(place, newItem(1, 6), { operation: "o1" }),
      ).rejects.toMatchObject({
        kind: "conflict",
        message: expect.stringContaining("other content"),
      });
    });

    it("so is the same value in another field, or with a version to check", async () => {
      await store.session.write(place, newItem(1));
      const edit = (changes: Record<string, string>, more = {}): Promise<unknown> =>
        kindOf(store.session.patch(amend, [id(1)], changes, { operation: "o1", ...more }));
      expect(await edit({ note: "7" })).toBe("resolved");
      expect(await edit({ count: "7" })).toBe("conflict");
      expect(await edit({}, { ifVersion: 7 })).toBe("conflict");
      expect(await edit({ note: "7" })).toBe("resolved");
      expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 5, version: 2 });
    });

    it("are purged after seven days", async () => {
      await store.session.write(place, newItem(1), { operation: "old" });
      await store.session.write(place, newItem(2), { operation: "new" });
      await store.raw("update `operation` set at = now(3) - interval 8 day where id = 'old'");
      expect((await store.raw(purgeOperations)).count).toBe(1);
      expect((await store.raw("select id from `operation`")).rows).toEqual([["new"]]);
    });

    it("twenty racers under one id change the row once", async () => {
      await store.session.write(place, newItem(1, 50));
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.session.write(reserve, [id(1), -1], { operation: "race" }),
        ),
      );
      expect(new Set(results.map((item) => item.count))).toEqual(new Set([49]));
      expect((await store.session.first(get, [id(1)]))?.count).toBe(49);
    });

    it("racers in transactions, too, when they may be run again", async () => {
      await store.session.write(place, newItem(1, 50));
      const racers = Array.from({ length: 6 }, () =>
        store.transaction((tx) => tx.write(reserve, [id(1), -1], { operation: "race" }), {
          rerunnable: true,
        }),
      );
      expect((await Promise.all(racers)).map((item) => item.count)).toEqual(Array(6).fill(49));
    });

    it("works in a transaction and per tenant", async () => {
      const shop = store.forTenant(tenantA);
      const once = (): Promise<unknown> =>
        shop.transaction((tx) => tx.write(own.place, [id(1), 5, null], { operation: "o1" }));
      expect(await once()).toEqual(await once());
      await store.session.write(place, newItem(2), { operation: "o1" });
      const { rows } = await store.raw(
        "select tenant from `operation` where id = 'o1' order by tenant",
      );
      expect(rows).toEqual([[""], [tenantA]]);
    });
  });

  describe("tenants", () => {
    it("see and change their own rows only", async () => {
      const [a, b] = [store.forTenant(tenantA), store.forTenant(tenantB)];
      await a.session.write(own.place, [id(1), 5, null]);
      expect(await a.session.first(own.get, [id(1)])).toBeDefined();
      expect(await b.session.first(own.get, [id(1)])).toBeUndefined();
      expect(await kindOf(b.session.write(own.reserve, [id(1), 1]))).toBe("not-found");
      expect(await b.session.list(own.list, { fixed: [] })).toEqual([]);
      expect(await b.transaction((tx) => tx.first(own.get, [id(1)]))).toBeUndefined();
      expect(await kindOf(b.session.write(own.place, [id(1), 5, null]))).toBe("conflict");
    });

    it("a statement of theirs without a tenant is refused before anything is sent", async () => {
      const refused = { kind: "programming", hint: expect.stringContaining("forTenant") };
      await expect(store.session.first(own.get, [id(1)])).rejects.toMatchObject(refused);
      await expect(store.session.write(own.place, [id(1), 5, null])).rejects.toMatchObject(refused);
      await expect(store.session.list(own.list, { fixed: [] })).rejects.toMatchObject(refused);
      await expect(store.transaction((tx) => tx.first(own.get, [id(1)]))).rejects.toMatchObject(
        refused,
      );
      expect(() => store.forTenant("")).toThrow("empty");
    });

    it("raw text names the tenant, or is refused", async () => {
      const { session } = store.forTenant(tenantA);
      await session.write(own.place, [id(1), 5, null]);
      const counted = await session.raw("select count(*) from item where tenant = $tenant");
      expect(counted.rows).toEqual([["1"]]);
      expect(await kindOf(session.raw("select count(*) from item"))).toBe("programming");
    });
  });

  describe("transactions", () => {
    it("a listener that does not end holds a write up to its deadline, and makes no failure of it", async () => {
      const forget = store.onChanged(() => new Promise(() => {}));
      try {
        const options = { deadlineMs: 300 };
        expect(await store.session.write(place, newItem(1), options)).toMatchObject({ id: id(1) });
        expect(await store.transaction((tx) => tx.write(place, newItem(2)), options)).toMatchObject(
          { id: id(2) },
        );
      } finally {
        forget();
      }
    });

    it("commit, roll back, and tell of changes after COMMIT only", async () => {
      const changes: unknown[] = [];
      const forget = store.onChanged((change) => void changes.push(change));
      await store.transaction(async (tx) => {
        await tx.write(place, newItem(1));
        expect(changes).toEqual([]);
      });
      expect(changes).toEqual([{ entity: "Item", keys: [id(1)] }]);
      await expect(
        store.transaction(async (tx) => {
          await tx.write(place, newItem(2));
          throw new Error("mine");
        }),
      ).rejects.toThrow("mine");
      expect(changes).toHaveLength(1);
      expect(await store.session.first(get, [id(2)])).toBeUndefined();
      forget();
    });

    it("a swallowed failure does not look like a commit", async () => {
      let next: unknown;
      const swallowed = store.transaction(async (tx) => {
        await tx.write(place, newItem(1));
        await tx.write(place, newItem(1)).catch(() => {});
        next = await kindOf(tx.write(place, newItem(2)));
      });
      expect(await kindOf(swallowed)).toBe("programming");
      expect(next).toBe("programming");
      expect(await store.session.all(getMany, ids(1, 2))).toEqual([]);
    });

    it("calls at once in one transaction run one after the other", async () => {
      const made = await store.transaction((tx) =>
        Promise.all(Array.from({ length: 9 }, (_, at) => tx.write(place, newItem(at, at)))),
      );
      expect(made.map((item) => item.count)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("see what their isolation lets them see, and only they", async () => {
      await store.session.write(place, newItem(1));
      const twice = (isolation: "read committed" | "repeatable read"): Promise<unknown> =>
        store.transaction(
          async (tx) => {
            const before = await tx.first(get, [id(1)]);
            await outsideTransactions(() => store.session.write(reserve, [id(1), 1]));
            const after = await tx.first(get, [id(1)]);
            return (after?.count ?? 0) - (before?.count ?? 0);
          },
          { isolation },
        );
      expect(await twice("read committed")).toBe(1);
      expect(await twice("repeatable read")).toBe(0);
      expect(await twice("read committed")).toBe(1);
    });

    describe("a tx that outlives its transaction is refused, and reaches nothing", () => {
      const late = async (tx: MysqlTransaction): Promise<void> => {
        const refused = { kind: "programming", message: expect.stringContaining("has ended") };
        await expect(tx.write(reserve, [id(1), -1])).rejects.toMatchObject(refused);
        await expect(tx.first(get, [id(1)])).rejects.toMatchObject(refused);
        await expect(tx.list(list, { fixed: [0] })).rejects.toMatchObject(refused);
        await expect(tx.raw("update item set count = 0")).rejects.toMatchObject(refused);
      };
      const untouched = async (): Promise<void> =>
        expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 5 });

      it("after COMMIT", async () => {
        await store.session.write(place, newItem(1));
        await late(await store.transaction(async (tx) => tx));
        await untouched();
      });

      it("after ROLLBACK: the branch that Promise.all left behind", async () => {
        await store.session.write(place, newItem(1));
        let behind: Promise<void> | undefined;
        const failing = store.transaction((tx) => {
          behind = new Promise((resolve) => setTimeout(resolve, 30)).then(() => late(tx));
          return Promise.all([tx.write(place, newItem(1)), behind]);
        });
        expect(await kindOf(failing)).toBe("conflict");
        await behind;
        await untouched();
      });

      it("after its deadline", async () => {
        await store.session.write(place, newItem(1));
        let behind: Promise<void> | undefined;
        const slow = store.transaction(
          (tx) => (behind = new Promise((resolve) => setTimeout(resolve, 60)).then(() => late(tx))),
          { deadlineMs: 30 },
        );
        expect(await kindOf(slow)).toBe("timeout");
        await behind;
        await untouched();
      });

      it("and a call that was not awaited sends nothing more after COMMIT", async () => {
        await store.session.write(place, newItem(1));
        let first: Promise<unknown> | undefined;
        let second: Promise<unknown> | undefined;
        await store.transaction(async (tx) => {
          first = kindOf(tx.write(reserve, [id(1), 0]));
          second = kindOf(tx.write(reserve, [id(1), -1]));
        });
        await first;
        expect(await second).toBe("programming");
        await untouched();
      });
    });

    it("are not framed by hand, but may have savepoints", async () => {
      await store.session.write(place, newItem(1));
      for (const text of frames) {
        const call = store.transaction((tx) => tx.raw(text));
        await expect(call, text).rejects.toMatchObject({ kind: "programming", operation: "raw" });
        expect(await kindOf(store.raw(text))).toBe("programming");
      }
      for (const text of [
        "set role default",
        "/* x */ SET session transaction read only",
        "set transaction isolation level serializable",
        "set @@session.sql_mode = ''",
        "set @@sql_mode = ''",
        "set names latin1",
        "set @seen = 1",
        "use mysql",
      ]) {
        await expect(store.raw(text), text).rejects.toMatchObject({
          kind: "programming",
          message: expect.stringContaining("would stay") as string,
        });
      }
      await store.transaction(async (tx) => {
        await tx.raw("savepoint earlier");
        await tx.write(reserve, [id(1), -1]);
        await tx.raw("rollback to savepoint earlier");
      });
      expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 5 });
    });

    it("a change of the schema, which would commit them, is refused inside", async () => {
      for (const text of [
        "create table x (id int)",
        " ALTER table item add y int",
        "truncate item",
        "/* traced */ truncate item",
        "/*!40000 alter table item add y int */",
      ]) {
        const call = store.transaction((tx) => tx.raw(text));
        await expect(call, text).rejects.toMatchObject({
          kind: "programming",
          message: expect.stringContaining("would commit"),
        });
      }
      await store.transaction(async (tx) => {
        await tx.raw("create temporary table mine (id int)");
        await tx.raw("drop temporary table mine");
      });
    });

    it("a root call inside is refused, not deadlocked", async () => {
      const mistake = store.transaction(() => store.session.first(get, [id(1)]));
      await expect(mistake).rejects.toMatchObject({ kind: "programming" });
    });

    it("read only means read only", async () => {
      const mistake = store.transaction((tx) => tx.write(place, newItem(1)), { readOnly: true });
      expect(await kindOf(mistake)).toBe("programming");
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
    });
  });

  it("sessions begin strict, in UTC, with exact text and one statement per text", async () => {
    const { rows } = await store.raw(
      "select @@sql_mode, @@time_zone, @@collation_connection, @@innodb_lock_wait_timeout",
    );
    const [mode, zone, collation, lockWait] = rows[0] ?? [];
    expect(String(mode)).toContain("STRICT_ALL_TABLES");
    expect(zone).toBe("+00:00");
    expect(collation).toBe(opened.dialect === "mysql" ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin");
    expect(Number(lockWait)).toBe(4);
    expect(await kindOf(store.raw("select 1; select 2"))).toBe("programming");
    const file = "load data local infile '/etc/hostname' into table item";
    expect(await kindOf(store.raw(file))).toBe("programming");
    expect(
      await kindOf(store.raw("insert into item values ('x', 'y', 'no number', null, 1)")),
    ).toBe("programming");
  });

  it("is healthy, and knows what is applied", async () => {
    const engine = opened.dialect;
    expect(await store.health()).toMatchObject({ store: "main", engine, state: "up" });
    expect(await store.migrationTarget().ledger()).toMatchObject([
      { id: "0001-initial", hash: "h1", parents: [], dirty: false },
    ]);
    expect(opened.stray).toEqual([]);
  });
};
