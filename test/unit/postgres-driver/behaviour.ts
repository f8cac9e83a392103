/** What a store must do on every transport: the same assertions run on PGlite and on a server. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { purgeText } from "../../../templates/engines/postgres/operation-text.ts";
import type {
  PostgresStore,
  PostgresTransaction,
} from "../../../templates/engines/postgres/store.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import {
  amend,
  cancel,
  get,
  getMany,
  id,
  importAll,
  list,
  migration,
  newItem,
  place,
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

/** What begins or ends a transaction, as the server reads it: a comment is a blank, and so is an empty statement. */
const frames = [
  "commit",
  " END",
  "rollback",
  "Abort",
  "start transaction",
  "/* traced */ commit",
  "/* -- /* nested */ */\n-- more /*\ncommit",
  "start /* x */ transaction",
  "; commit",
];

export const storeBehaviour = (dsn: () => Promise<string>): void => {
  let opened: Opened;
  let store: PostgresStore;

  beforeAll(async () => {
    opened = await openStore(await dsn());
    store = opened.store;
    await migrateUp(store.migrationTarget(), [migration]);
  });
  beforeEach(async () => {
    await store.raw("truncate item, operation");
  });
  afterAll(() => opened.close());

  describe("keyed reads and writes", () => {
    it("writes, reads, patches, counts and deletes", async () => {
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
      await store.session.write(place, newItem(1));
      expect(await store.session.first(get, [id(1)])).toEqual({
        id: id(1),
        count: 5,
        note: null,
        version: 1,
      });
      expect(
        await store.session.patch(amend, [id(1)], { note: "x", count: undefined }),
      ).toMatchObject({ note: "x", count: 5 });
      expect(await store.session.patch(amend, [id(1)], { note: null })).toMatchObject({
        note: null,
        version: 3,
      });
      expect((await store.session.write(reserve, [id(1), "-2"])).count).toBe(3);
      expect((await store.session.write(cancel, [id(1)])).id).toBe(id(1));
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
    });

    it("tells missing, stale, duplicate and forbidden apart", async () => {
      await store.session.write(place, newItem(1));
      expect(await kindOf(store.session.write(reserve, [id(2), "1"]))).toBe("not-found");
      expect(
        await kindOf(store.session.patch(amend, [id(2)], { note: "x" }, { ifVersion: 1 })),
      ).toBe("not-found");
      expect(
        await kindOf(store.session.patch(amend, [id(1)], { note: "x" }, { ifVersion: 9 })),
      ).toBe("conflict");
      expect(await kindOf(store.session.write(cancel, [id(1)], { ifVersion: 9 }))).toBe("conflict");
      expect(await kindOf(store.session.write(place, newItem(1)))).toBe("conflict");
      await expect(store.session.write(reserve, [id(1), "-6"])).rejects.toMatchObject({
        kind: "constraint",
        code: "23514",
        constraint: "item_count_check",
        attempts: 1,
      });
    });

    it("a batch is one statement, all or nothing", async () => {
      const ids = `{${id(1)},${id(2)},${id(3)}}`;
      const tenants = `{${tenantA},${tenantA},${tenantA}}`;
      expect(await store.session.writeMany(importAll, [ids, tenants, "{1,2,3}"])).toHaveLength(3);
      expect(
        await kindOf(
          store.session.writeMany(importAll, [
            `{${id(4)},${id(1)}}`,
            `{${tenantA},${tenantA}}`,
            "{1,1}",
          ]),
        ),
      ).toBe("conflict");
      const found = await store.session.all(getMany, [`{${id(3)},${id(4)},${id(1)}}`]);
      expect(found.map((item) => item.id)).toEqual([id(3), id(1)]);
    });
  });

  describe("lists", () => {
    it("pages through nulls and both directions without gap or repetition", async () => {
      for (let number = 0; number < 23; number += 1) {
        await store.session.write(
          place,
          newItem(number, number % 4, number % 3 === 0 ? null : `n${number % 3}`),
        );
      }
      const whole = await store.session.list(list, { fixed: ["0"] });
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await store.session.page(list, { fixed: ["0"] }, { limit: 4, after });
        paged.push(...page.items.map((item) => item.id));
        after = page.next;
      } while (after !== undefined && paged.length <= 23);
      expect(paged).toEqual(whole.map((item) => item.id));
      expect(paged).toHaveLength(23);
      const noted = await store.session.list(list, { fixed: ["1"], optional: ["n2"] });
      expect(noted.every((item) => item.note === "n2" && item.count >= 1)).toBe(true);
    });

    it("refuses a cursor of another list", async () => {
      expect(await kindOf(store.session.page(list, { fixed: ["0"] }, { after: "bm9wZQ" }))).toBe(
        "programming",
      );
      expect(await kindOf(store.session.page(list, { fixed: ["0"] }, { limit: 0 }))).toBe(
        "programming",
      );
    });
  });

  describe("operation ids", () => {
    it("a replay returns the stored result, whatever happened to the row since", async () => {
      const placed = await store.session.write(place, newItem(1), { operation: "o1" });
      await store.session.write(reserve, [id(1), "-5"], { operation: "o2" });
      expect(await store.session.write(reserve, [id(1), "-5"], { operation: "o2" })).toMatchObject({
        count: 0,
      });
      expect(await store.session.write(place, newItem(1), { operation: "o1" })).toEqual(placed);
      await store.session.write(cancel, [id(1)], { operation: "o3" });
      expect(await store.session.write(cancel, [id(1)], { operation: "o3" })).toMatchObject({
        count: 0,
      });
      expect(await store.session.patch(amend, [id(1)], { note: "x" }).catch(() => "gone")).toBe(
        "gone",
      );
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
      await store.raw("update operation set at = now() - interval '8 days' where id = 'old'");
      expect((await store.raw(purgeText)).count).toBe(1);
      expect((await store.raw("select id from operation")).rows).toEqual([["new"]]);
    });

    it("twenty racers under one id change the row once", async () => {
      await store.session.write(place, newItem(1, 50));
      const results = await Promise.all(
        Array.from({ length: 20 }, () =>
          store.session.write(reserve, [id(1), "-1"], { operation: "race" }),
        ),
      );
      expect(new Set(results.map((item) => item.count))).toEqual(new Set([49]));
      expect((await store.session.first(get, [id(1)]))?.count).toBe(49);
    });

    it("racers in transactions, too, when they may be run again", async () => {
      await store.session.write(place, newItem(1, 50));
      const racers = Array.from({ length: 6 }, () =>
        store.transaction((tx) => tx.write(reserve, [id(1), "-1"], { operation: "race" }), {
          rerunnable: true,
        }),
      );
      expect((await Promise.all(racers)).map((item) => item.count)).toEqual(Array(6).fill(49));
    });

    it("works in a transaction and per tenant", async () => {
      const shop = store.forTenant(tenantA);
      const once = (): Promise<unknown> =>
        shop.transaction((tx) => tx.write(place, newItem(1), { operation: "o1" }));
      expect(await once()).toEqual(await once());
      await store.session.write(place, newItem(2), { operation: "o1" });
      const { rows } = await store.raw(
        "select tenant from operation where id = 'o1' order by tenant",
      );
      expect(rows).toEqual([[""], [tenantA]]);
    });
  });

  it("values that are no text are refused before anything is sent, and harm nobody", async () => {
    const number = 7 as unknown as string;
    const calls = Array.from({ length: 9 }, (_, at) =>
      kindOf(store.session.first(get, [at % 3 === 1 ? number : id(1)])),
    );
    const kinds = await Promise.all(calls);
    kinds.forEach((kind, at) => expect(kind).toBe(at % 3 === 1 ? "programming" : "resolved"));
  });

  describe("tenants", () => {
    it("see and change their own rows only", async () => {
      const [a, b] = [store.forTenant(tenantA), store.forTenant(tenantB)];
      await a.session.write(place, newItem(1));
      expect(await a.session.first(get, [id(1)])).toBeDefined();
      expect(await b.session.first(get, [id(1)])).toBeUndefined();
      expect(await kindOf(b.session.write(reserve, [id(1), "1"]))).toBe("not-found");
      expect(await kindOf(b.session.write(place, newItem(2)))).toBe("auth");
      expect(await b.session.list(list, { fixed: ["0"] })).toEqual([]);
      expect(await b.transaction((tx) => tx.first(get, [id(1)]))).toBeUndefined();
    });

    it("leave no role and no tenant behind, even at once and after an error", async () => {
      const shop = store.forTenant(tenantA);
      await store.session.write(place, newItem(1));
      const mixed = Array.from({ length: 60 }, (_, at) => {
        if (at % 3 === 0) return kindOf(shop.session.write(place, newItem(1)));
        return at % 3 === 1
          ? shop.raw("select current_user::text")
          : store.raw("select current_user::text");
      });
      const results = await Promise.all(mixed);
      results.forEach((result, at) => {
        if (at % 3 === 0) expect(result).toBe("conflict");
        else if (at % 3 === 1) expect(result).toMatchObject({ rows: [["shop_app"]] });
        else expect(result).not.toMatchObject({ rows: [["shop_app"]] });
      });
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
      const swallowed = store.transaction(async (tx) => {
        await tx.write(place, newItem(1));
        await tx.write(place, newItem(1)).catch(() => {});
      });
      expect(await kindOf(swallowed)).toBe("programming");
      expect(await store.session.first(get, [id(1)])).toBeUndefined();
    });

    describe("a tx that outlives its transaction is refused, and reaches nothing", () => {
      const late = async (tx: PostgresTransaction): Promise<void> => {
        const refused = { kind: "programming", message: expect.stringContaining("has ended") };
        await expect(tx.write(reserve, [id(1), "-1"])).rejects.toMatchObject(refused);
        await expect(tx.first(get, [id(1)])).rejects.toMatchObject(refused);
        await expect(tx.list(list, { fixed: ["0"] })).rejects.toMatchObject(refused);
        await expect(tx.raw("update item set count = 0")).rejects.toMatchObject(refused);
      };
      const untouched = async (): Promise<void> =>
        expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 5 });

      it("after COMMIT, also while another tenant's transaction has the connection", async () => {
        const [a, b] = [store.forTenant(tenantA), store.forTenant(tenantB)];
        await store.session.write(place, newItem(1));
        const leaked = await b.transaction(async (tx) => tx);
        await late(leaked);
        await a.transaction(async (tx) => {
          await tx.first(get, [id(1)]);
          await late(leaked);
        });
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
        let left: Promise<unknown> | undefined;
        await store.transaction(async (tx) => {
          left = kindOf(tx.write(reserve, [id(1), "-1"], { operation: "o1" }));
        });
        expect(await left).toBe("programming");
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
      await store.transaction(async (tx) => {
        await tx.raw("savepoint before");
        await tx.write(reserve, [id(1), "-1"]);
        await tx.raw("rollback /* back */ to savepoint before");
      });
      expect(await store.session.first(get, [id(1)])).toMatchObject({ count: 5 });
    });

    it("settings that would stay on the connection are refused, those of a transaction are not", async () => {
      for (const text of [
        "set role postgres",
        "; SET /* x */ search_path to public",
        "set session characteristics as transaction read only",
        "set session authorization default",
        'set "app.tenant" = 1',
        "reset role",
        "discard all",
      ]) {
        await expect(store.raw(text), text).rejects.toMatchObject({
          kind: "programming",
          message: expect.stringContaining("would stay") as string,
        });
        expect(await kindOf(store.transaction((tx) => tx.raw(text)))).toBe("programming");
      }
      await store.transaction(async (tx) => {
        await tx.raw("set transaction read only");
        await tx.raw("set local statement_timeout = '4s'");
        expect((await tx.raw("show statement_timeout")).rows).toEqual([["4s"]]);
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

  it("is healthy, and knows what is applied", async () => {
    expect(await store.health()).toMatchObject({ store: "main", engine: "postgres", state: "up" });
    expect(await store.migrationTarget().ledger()).toMatchObject([
      { id: "0001-initial", hash: "h1", parents: [], dirty: false },
    ]);
  });
};
