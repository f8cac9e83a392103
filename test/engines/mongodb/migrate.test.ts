import { MongoClient, type Db } from "mongodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mongoMigrations } from "../../../templates/engines/mongodb/migrations.ts";
import type { MigrationStep } from "../../../templates/engines/mongodb/migration-step.ts";
import {
  migrateDown,
  migrateUp,
  migrationDrift,
  migrationStatus,
  type MigrateEvent,
} from "../../../templates/runtime/migrate.ts";
import type {
  Migration,
  MigrationTarget,
  StepRecord,
} from "../../../templates/runtime/migration.ts";
import { cell, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("mongodb");
const proof = { port: "migrations", engine: columnOf(server), method: "steps" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const record = (name: string, changes: Partial<StepRecord> = {}): StepRecord => ({
  name,
  title: name,
  transactional: true,
  ...changes,
});

const migration = (
  id: string,
  parents: readonly string[],
  steps: readonly StepRecord[],
  up: readonly MigrationStep[],
  down: readonly MigrationStep[],
): Migration => ({
  id,
  parents,
  steps,
  hash: `hash of ${id}`,
  up: JSON.stringify(up),
  down: JSON.stringify(down),
  file: `migrations/main/${id}.up.json`,
});

const objects = (properties: object) => ({ $jsonSchema: { bsonType: "object", properties } });

const initial = migration(
  "0001-initial",
  [],
  [record("goods"), record("goods-indexes")],
  [
    {
      step: "goods",
      createCollection: "goods",
      validator: objects({ sku: { bsonType: "string" } }),
    },
    { step: "goods-indexes", createIndexes: "goods", indexes: [{ key: { sku: 1 }, name: "sku" }] },
  ],
  [{ step: "goods", dropCollection: "goods" }],
);

const change = migration(
  "0002-label",
  ["0001-initial"],
  [
    record("validator"),
    record("labels", {
      batch: {
        keys: 1,
        size: 30,
        pauseMs: 0,
        estimate: JSON.stringify({ count: "goods", filter: { label: { $exists: false } } }),
      },
    }),
    record("index"),
  ],
  [
    {
      step: "validator",
      setValidator: "goods",
      validator: objects({ label: { bsonType: "string" } }),
    },
    {
      step: "labels",
      updateMany: "goods",
      filter: { label: { $exists: false } },
      update: { $set: { label: "none" } },
    },
    { step: "index", createIndexes: "goods", indexes: [{ key: { label: 1 }, name: "label" }] },
    { step: "index", dropIndex: "goods", name: "sku" },
  ],
  [
    { step: "index", createIndexes: "goods", indexes: [{ key: { sku: 1 }, name: "sku" }] },
    { step: "index", dropIndex: "goods", name: "label" },
    { step: "labels", updateMany: "goods", filter: {}, update: { $unset: { label: "" } } },
    {
      step: "validator",
      setValidator: "goods",
      validator: objects({ sku: { bsonType: "string" } }),
    },
  ],
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
    ...target,
    run: call(target.run),
    runAlone: call(target.runAlone),
    batch: call(target.batch),
  };
}

describe.skipIf(isMissing(server))("migrations of a document store", () => {
  if (isMissing(server)) return;
  let space: Namespace;
  let client: MongoClient;
  let db: Db;
  let target: MigrationTarget;

  const open = async (): Promise<void> => {
    space = await server.namespace();
    client = new MongoClient(space.dsn);
    db = (await client.connect()).db();
    target = mongoMigrations(async () => db);
    await migrateUp(target, [initial]);
    const documents = Array.from({ length: rows }, (_, at) => ({ sku: `sku ${at}` }));
    await db.collection("goods").insertMany(documents);
  };
  const close = async (): Promise<void> => {
    await client.close();
    await space.drop();
  };
  beforeEach(open);
  afterEach(async ({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    await close();
  });

  /** The emulator gives indexes names of its own. */
  const indexed = async (collection: string): Promise<readonly string[]> => {
    const indexes = await db.collection(collection).listIndexes().toArray();
    return indexes.flatMap(({ key }) => Object.keys(key as object)).sort();
  };

  const expectChanged = async (): Promise<void> => {
    expect(await db.collection("goods").countDocuments({ label: "none" })).toBe(rows);
    expect(await indexed("goods")).toEqual(["_id", "label"]);
    expect(await migrationDrift(target)).toEqual([]);
  };
  const expectInitial = async (): Promise<void> => {
    expect(await db.collection("goods").countDocuments({ label: { $exists: false } })).toBe(rows);
    expect(await indexed("goods")).toEqual(["_id", "sku"]);
  };

  test("collections, validators, indexes and batches, up and down", async () => {
    const events: MigrateEvent[] = [];
    await migrateUp(target, all, { onEvent: (event) => events.push(event) });
    await expectChanged();
    expect(events.flatMap((event) => (event.kind === "progress" ? [event.done] : []))).toEqual([
      0, 30, 60, 90, 100,
    ]);
    expect(await migrateDown(target, all)).toBe("0002-label");
    await expectInitial();
    expect(await target.ledger()).toMatchObject([{ id: "0001-initial", dirty: false }]);
  });

  test("killed before or after any call, the next run ends where a run in one go does", async () => {
    for (const after of [false, true]) {
      for (let at = 1; ; at += 1) {
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
    }
  }, 120_000);

  test("eight that start together run each step once", async () => {
    const targets = Array.from({ length: 8 }, () => mongoMigrations(async () => db));
    const applied = await Promise.all(targets.map((each) => migrateUp(each, all)));
    expect(applied.flat()).toEqual(["0002-label"]);
    await expectChanged();
  });

  test("drift is named by collection and index", async () => {
    expect(await migrationDrift(target)).toEqual([]);
    await db.createCollection("other");
    await db.collection("goods").dropIndex("sku");
    expect(await migrationDrift(target)).toMatchObject([
      { object: "collection other", change: "added" },
      { object: expect.stringMatching(/^index goods\..*sku$/), change: "dropped" },
      { object: "index other._id_", change: "added" },
    ]);
  });

  const validators = { ...proof, method: "drift of a validator" };
  if (server.kind === "emulator") {
    cell(validators, { kind: "not proven", why: "the emulator tells no validators" });
  }
  test.skipIf(server.kind === "emulator")(
    "drift of a validator is named",
    proving(validators, async () => {
      await db.command({ collMod: "goods", validator: {} });
      expect(await migrationDrift(target)).toEqual([
        { object: "collection goods", change: "changed" },
      ]);
    }),
  );

  test("a failing step is named with its file, and is what comes next", async () => {
    const checked = migration(
      "0002-checked",
      ["0001-initial"],
      [record("first"), record("check")],
      [
        { step: "first", createCollection: "other" },
        { step: "check", refuse: "goods", filter: { sku: "sku 7" }, reason: "7 is no good" },
      ],
      [],
    );
    await expect(migrateUp(target, [initial, checked])).rejects.toMatchObject({
      kind: "constraint",
      message: expect.stringMatching(/0002-checked\.up\.json: step check: goods: 7 is no good/),
      hint: expect.stringContaining("mend the documents"),
    });
    const { halfWay } = await migrationStatus(target, [initial, checked]);
    expect(halfWay).toMatchObject([{ step: "check" }]);
    await db.collection("goods").deleteOne({ sku: "sku 7" });
    expect(await migrateUp(target, [initial, checked])).toEqual(["0002-checked"]);
  });

  const renames = { ...proof, method: "a collection renamed" };
  if (server.kind === "emulator")
    cell(renames, { kind: "not proven", why: "the emulator renames no collection" });
  test.skipIf(server.kind === "emulator")(
    "a collection is renamed once, also when the run broke off after it",
    proving(renames, async () => {
      const moved = migration(
        "0002-moved",
        ["0001-initial"],
        [record("rename")],
        [{ step: "rename", renameCollection: "goods", to: "product" }],
        [{ step: "rename", renameCollection: "product", to: "goods" }],
      );
      const sequence = db.collection<{ readonly _id: string; readonly last: number }>("sequence");
      await sequence.insertOne({ _id: "goods", last: 41 });
      await migrateUp(dying(target, 2, true), [initial, moved]).catch(() => {});
      await migrateUp(target, [initial, moved]);
      expect(await db.collection("product").countDocuments()).toBe(rows);
      // The keys that the store makes go on from there.
      expect(await sequence.findOne({ _id: "product" })).toMatchObject({ last: 41 });
      await migrateDown(target, [initial, moved]);
      expect(await db.collection("goods").countDocuments()).toBe(rows);
    }),
  );
});
