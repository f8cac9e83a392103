import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  migrateDown,
  migrateUp,
  migrationDrift,
  migrationStatus,
  type MigrateEvent,
} from "../../../templates/runtime/migrate.ts";
import type {
  LedgerNote,
  Migration,
  MigrationTarget,
  StepRecord,
} from "../../../templates/runtime/migration.ts";
import { cell } from "../../support/closing-table.ts";
import { type Opened, openStore } from "../../unit/mysql-driver/open-store.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const record = (name: string, changes: Partial<StepRecord> = {}): StepRecord => ({
  name,
  title: name,
  transactional: false,
  ...changes,
});

const migration = (
  id: string,
  parents: readonly string[],
  steps: readonly StepRecord[],
  up: string,
  down: string,
): Migration => ({
  id,
  parents,
  steps,
  hash: `hash of ${id}`,
  up,
  down,
  file: `migrations/main/${id}.up.sql`,
});

const column = (name: string): string =>
  `select count(*) from information_schema.columns where table_schema = database() and table_name = 'goods' and column_name = '${name}'`;
const index = (name: string): string =>
  `select count(distinct index_name) from information_schema.statistics where table_schema = database() and table_name = 'goods' and index_name = '${name}'`;

const initial = migration(
  "0001-initial",
  [],
  [record("goods"), record("goods-trigger")],
  `-- step: goods
create table if not exists goods (
  sku varchar(40) not null primary key, words varchar(100) default 'a;b', changed int not null default 0,
  constraint goods_sku_check check (char_length(sku) > 0)
);
-- step: goods-trigger
drop trigger if exists goods_changed;
delimiter //
create trigger goods_changed before update on goods for each row
begin
  set new.changed = old.changed + 1;
end//
delimiter ;
`,
  `-- step: goods-trigger
drop trigger if exists goods_changed;
-- step: goods
drop table if exists goods;
`,
);

const change = migration(
  "0002-label",
  ["0001-initial"],
  [
    record("column", { verify: column("label") }),
    record("labels", {
      batch: {
        keys: 1,
        size: 30,
        pauseMs: 0,
        estimate: "select count(*) from goods where label is null",
      },
    }),
    record("index", { verify: index("goods_label") }),
  ],
  `-- step: column
alter table goods add column label varchar(20), algorithm = instant;
-- step: labels
select count(*), max(sku) from (select sku from goods where ($1 is null or sku > $1) order by sku limit $2) part;
update goods set label = 'none' where ($1 is null or sku > $1) and sku <= $3 and label is null;
-- step: index
create index goods_label on goods (label) algorithm = inplace lock = none;
`,
  `-- step: index
drop index goods_label on goods;
-- step: column
alter table goods drop column label;
`,
);
const all = [initial, change];
const rows = 100;

/** A target that fails from its `at`-th call on, before or after it did its work, as one that is killed there. */
function dying(target: MigrationTarget, at: number, after: boolean): MigrationTarget {
  let count = 0;
  const call =
    <A extends readonly unknown[], T>(work: (...values: A) => Promise<T>) =>
    async (...values: A): Promise<T> => {
      count += 1;
      if (count > at || (count === at && !after)) throw new Error("killed");
      const result = await work(...values);
      if (count === at) throw new Error("killed");
      return result;
    };
  return {
    transactional: target.transactional,
    split: target.split,
    locked: (work, waitMs) => target.locked(work, waitMs),
    ledger: () => target.ledger(),
    holds: (query) => target.holds(query),
    count: (query) => target.count(query),
    run: call((...values) => target.run(...values)),
    runAlone: call((...values) => target.runAlone(...values)),
    batch: call((...values) => target.batch(...values)),
  };
}

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const proof = { port: "migrations", engine: columnOf(server), method: "steps" };
  if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

  describe.skipIf(isMissing(server))(`migrations of ${engine}`, () => {
    if (isMissing(server)) return;
    let space: Namespace;
    let opened: Opened;
    let target: MigrationTarget;

    const ask = async (text: string): Promise<readonly (readonly unknown[])[]> =>
      (await opened.store.raw(text)).rows;

    beforeEach(async () => {
      space = await server.namespace();
      opened = await openStore(space.dsn, { deadlineMs: 20_000 });
      target = opened.store.migrationTarget();
      await migrateUp(target, [initial]);
      const values = Array.from({ length: rows }, (_, at) => `('sku ${1000 + at}')`);
      await ask(`insert into goods (sku) values ${values.join(",")}`);
    });
    afterEach(async ({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
      await opened.close();
      await space.drop();
    });

    const columns = async (): Promise<readonly string[]> =>
      (
        await ask(
          "select column_name from information_schema.columns where table_schema = database() and table_name = 'goods'",
        )
      ).map(([name]) => String(name));

    const expectChanged = async (): Promise<void> => {
      expect(await ask("select count(*) from goods where label = 'none' and changed = 1")).toEqual([
        [`${rows}`],
      ]);
      expect(await ask(index("goods_label"))).toEqual([["1"]]);
      expect(await migrationDrift(target)).toEqual([]);
    };
    const expectInitial = async (): Promise<void> => {
      expect(await columns()).not.toContain("label");
      expect(await ask("select count(*) from goods")).toEqual([[`${rows}`]]);
    };

    test("tables, triggers, indexes and batches, up and down", async () => {
      const events: MigrateEvent[] = [];
      await migrateUp(target, all, { onEvent: (event) => events.push(event) });
      await expectChanged();
      expect(events.flatMap((event) => (event.kind === "progress" ? [event.done] : []))).toEqual([
        0, 30, 60, 90, 100,
      ]);
      expect(await migrateDown(target, all)).toBe("0002-label");
      await expectInitial();
      expect(await target.ledger()).toMatchObject([{ id: "0001-initial", dirty: false }]);
      expect(await migrateDown(target, all)).toBe("0001-initial");
      expect(await columns()).toEqual([]);
    });

    test("killed before or after any call, the next run ends where a run in one go does", async () => {
      for (const after of [false, true]) {
        for (let at = 1; ; at += 1) {
          await ask("drop trigger goods_changed");
          await ask("update goods set changed = 0");
          await target.runAlone(
            { name: "trigger", text: initial.up.split("goods-trigger\n")[1] ?? "", line: 1 },
            { file: "", lock: { timeoutMs: 1_000, totalMs: 5_000 }, waiting: () => {} },
          );
          const killed = await migrateUp(dying(target, at, after), all).then(
            () => false,
            () => true,
          );
          if (!killed) break;
          expect((await migrationStatus(target, all)).problems).toEqual([]);
          await migrateUp(target, all);
          await expectChanged();
          await migrateDown(dying(target, at, after), all).catch(() => {});
          const { applied } = await migrationStatus(target, all);
          if (applied.length !== 1 || (await target.ledger()).length > 1)
            await migrateDown(target, all);
          await expectInitial();
        }
        await migrateDown(target, all);
      }
    }, 240_000);

    test("eight that start together run each step once", async () => {
      const starters = await Promise.all(
        Array.from({ length: 8 }, () => openStore(space.dsn, { deadlineMs: 60_000 })),
      );
      const applied = await Promise.all(
        starters.map(({ store }) => migrateUp(store.migrationTarget(), all)),
      );
      expect(applied.flat()).toEqual(["0002-label"]);
      await expectChanged();
      await Promise.all(starters.map((starter) => starter.close()));
    }, 120_000);

    test("a migrator that waits too long for another is told so", async () => {
      let waited: unknown;
      await target.locked(async () => {
        const other = await openStore(space.dsn);
        waited = await migrateUp(other.store.migrationTarget(), all, { waitMs: 100 }).catch(
          (error: unknown) => error,
        );
        await other.close();
      }, 0);
      expect(waited).toMatchObject({ kind: "overloaded", operation: "migrate" });
    });

    test("drift is named by table, column, index, check and trigger", async () => {
      expect(await migrationDrift(target)).toEqual([]);
      await ask("alter table goods add column stray int, modify words varchar(101)");
      await ask("create index stray_index on goods (words)");
      await ask("drop trigger goods_changed");
      await ask("alter table goods drop constraint goods_sku_check");
      await ask("create table other (id int primary key)");
      const drift = (await migrationDrift(target)) ?? [];
      expect(drift.map(({ object, change: what }) => `${object} ${what}`).toSorted()).toEqual([
        "column goods.stray added",
        "column goods.words changed",
        "column other.id added",
        "constraint goods.goods_sku_check dropped",
        "index goods.stray_index added",
        "index other.PRIMARY added",
        "table other added",
        "trigger goods.goods_changed dropped",
      ]);
    });

    test("a failing step is named with its file and line, and is what comes next", async () => {
      const checked = migration(
        "0002-checked",
        ["0001-initial"],
        [record("first"), record("check")],
        `-- step: first
create table if not exists other (id int primary key);
-- step: check

-- refuse: 1007 is no good
select sku from goods where sku = 'sku 1007';
`,
        "",
      );
      await expect(migrateUp(target, [initial, checked])).rejects.toMatchObject({
        kind: "constraint",
        message: expect.stringMatching(
          /0002-checked\.up\.sql:5: step check: 1007 is no good; first seen at sku 1007/,
        ),
        hint: expect.stringContaining("mend the rows"),
      });
      const { halfWay } = await migrationStatus(target, [initial, checked]);
      expect(halfWay).toMatchObject([{ step: "check" }]);
      await ask("delete from goods where sku = 'sku 1007'");
      expect(await migrateUp(target, [initial, checked])).toEqual(["0002-checked"]);

      const broken = migration(
        "0003-broken",
        ["0002-checked"],
        [record("broken")],
        "-- step: broken\nselect 1;\ncreate tabel nonsense (id int);\n",
        "",
      );
      await expect(migrateUp(target, [initial, checked, broken])).rejects.toMatchObject({
        kind: "programming",
        code: "1064",
        message: expect.stringContaining("0003-broken.up.sql:3: step broken: "),
      });
    });

    test("a step that cannot have its lock gives up in time, and comes later", async () => {
      const waiting: number[] = [];
      let release: () => void = () => {};
      let held: () => void = () => {};
      const isHeld = new Promise<void>((resolve) => (held = resolve));
      const reader = opened.store.transaction(
        async (tx) => {
          await tx.raw("select count(*) from goods");
          held();
          await new Promise<void>((resolve) => (release = resolve));
        },
        { deadlineMs: 60_000 },
      );
      await isHeld;
      const began = performance.now();
      await expect(
        migrateUp(target, all, {
          lock: { timeoutMs: 1_000, totalMs: 4_000 },
          onEvent: (event) => {
            if (event.kind === "waiting") waiting.push(event.attempt);
          },
        }),
      ).rejects.toMatchObject({ kind: "overloaded", hint: expect.stringContaining("processlist") });
      expect(performance.now() - began).toBeGreaterThan(1_000);
      expect(waiting.length).toBeGreaterThan(0);
      release();
      await reader;
      expect(await migrateUp(target, all)).toEqual(["0002-label"]);
      await expectChanged();
    }, 60_000);

    test("keeps the ledger of a guest apart from its own, under a lock of its own", async () => {
      const host = target.host?.("vectors");
      if (host === undefined) return expect.unreachable();
      const applied: LedgerNote = { state: "applied", migration: initial, adopt: (now) => now };
      await target.locked(
        () =>
          host.locked(async () => {
            await host.write(applied, { "collection x": "digest" });
          }, 1_000),
        1_000,
      );
      expect(await host.ledger()).toMatchObject([
        { id: "0001-initial", dirty: false, objects: { "collection x": "digest" } },
      ]);
      expect(await migrationDrift(target)).toEqual([]);
      const half: LedgerNote = {
        state: "half-way",
        migration: initial,
        step: "goods",
        progress: { begun: true, applied: {} },
      };
      await host.write(half, {});
      expect(await host.ledger()).toMatchObject([{ dirty: true, step: "goods" }]);
      await host.write({ ...applied, state: "reverted" }, {});
      expect(await host.ledger()).toEqual([]);
      expect(await target.ledger()).toHaveLength(1);
    });
  });
}
