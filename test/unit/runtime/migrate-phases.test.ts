import { describe, expect, test } from "vitest";
import { deployCheck } from "../../../templates/runtime/migrate-deploy.ts";
import {
  acceptMigration,
  compare,
  migrateDown,
  migrateUp,
  migrationDrift,
  migrationStatus,
  type MigrateEvent,
  type Migration,
} from "../../../templates/runtime/migrate.ts";
import { MemoryTarget, migration } from "./memory-target.ts";
import { dataError } from "./support.ts";

const base = migration("0001-initial", [], { phase: "expand", change: "0001-initial" });
const change = { change: "0002-note" } as const;
const expand = migration("0002-note", ["0001-initial"], { phase: "expand", ...change });
const backfill = migration("0003-note-backfill", ["0002-note"], { phase: "backfill", ...change });
const contract = migration("0004-note-contract", ["0003-note-backfill"], {
  phase: "contract",
  ...change,
});
const later = migration("0005-more", ["0004-note-contract"], { phase: "expand" });
const all = [base, expand, backfill, contract];

const ids = (migrations: readonly Migration[]) => migrations.map(({ id }) => id);

async function upTo(...migrations: readonly Migration[]): Promise<MemoryTarget> {
  const target = new MemoryTarget();
  await migrateUp(target, migrations);
  return target;
}

describe("phases", () => {
  test("a fresh store gets everything, one in use keeps contract migrations until they are released", async () => {
    expect((await upTo(...all)).entries).toHaveLength(4);
    const target = await upTo(base);
    const events: MigrateEvent[] = [];
    const onEvent = (event: MigrateEvent) => events.push(event);
    expect(await migrateUp(target, [...all, later], { onEvent })).toEqual([
      "0002-note",
      "0003-note-backfill",
    ]);
    expect(events.filter(({ kind }) => kind === "held")).toMatchObject([
      {
        migration: contract,
        reason: expect.stringContaining("migrate up --contract 0004-note-contract"),
      },
      { migration: later, reason: "stands on 0004-note-contract, which is held" },
    ]);
    expect(await migrateUp(target, all, { contract: ["0009-other"] })).toEqual([]);
    expect(await migrateUp(target, [...all, later], { contract: ["0004-note-contract"] })).toEqual([
      "0004-note-contract",
      "0005-more",
    ]);
  });

  test("a first run that is killed is gone on with as one, a contract that came since is held", async () => {
    const more = migration("0005-more-contract", ["0004-note-contract"], { phase: "contract" });
    for (let effects = 1; ; effects += 1) {
      const target = new MemoryTarget();
      target.effectsLeft = effects;
      const killed = await migrateUp(target, all).then(
        () => false,
        () => true,
      );
      target.effectsLeft = Number.POSITIVE_INFINITY;
      const begun = target.entries.length > 0;
      expect((await migrationStatus(target, all)).problems).toEqual([]);
      await migrateUp(target, begun ? [...all, more] : all);
      expect(target.entries.map(({ id, dirty }) => [id, dirty === true])).toEqual(
        all.map(({ id }) => [id, false]),
      );
      if (!killed) break;
      expect(effects).toBeLessThan(40);
    }
  });

  test("a contract that a first run meant to apply, and whose file is gone, is told", async () => {
    const target = new MemoryTarget();
    target.failOn = "make 0001-initial";
    await expect(migrateUp(target, all)).rejects.toThrow("syntax error");
    target.failOn = undefined;
    expect((await migrationStatus(target, [base, expand, backfill])).problems).toEqual([
      "drift: 0004-note-contract is to be applied, but there is no file of it here; bring it back, or use the checkout that has it",
    ]);
  });

  test("--to stops there, and takes along what it stands on", async () => {
    const target = await upTo(base);
    const beside = migration("0002-beside", ["0001-initial"]);
    const files = [...all, beside];
    expect(await migrateUp(target, files, { to: "0003-note-backfill" })).toEqual([
      "0002-note",
      "0003-note-backfill",
    ]);
    expect((await dataError(migrateUp(target, files, { to: "0009-x" }))).message).toContain(
      "there is no migration 0009-x",
    );
  });

  test("a contract that was begun goes on", () => {
    const entry = (each: Migration, dirty = false) => ({
      id: each.id,
      hash: each.hash,
      parents: each.parents,
      appliedAt: new Date(0),
      dirty,
    });
    const status = compare(all, [
      entry(base),
      entry(expand),
      entry(backfill),
      entry(contract, true),
    ]);
    expect([ids(status.pending), status.held]).toEqual([["0004-note-contract"], []]);
  });
});

describe("deploy-check", () => {
  test("code starts when its expand and backfill migrations are applied", async () => {
    const target = await upTo(base);
    expect(deployCheck(all, await target.ledger())).toMatchObject({
      mayStart: false,
      findings: [
        "0002-note (expand) is not applied: migrate up",
        "0003-note-backfill (backfill) is not applied: migrate up",
      ],
      contracts: [
        { id: "0004-note-contract", mayRun: false, reason: "waits for 0003-note-backfill" },
      ],
    });
    await migrateUp(target, all);
    expect(deployCheck(all, await target.ledger())).toMatchObject({
      mayStart: true,
      findings: [],
      contracts: [{ mayRun: undefined, reason: expect.stringContaining("--running ID") }],
    });
  });

  test("what stands on a contract is told to wait for that, as migrate up tells it", async () => {
    const target = await upTo(base);
    await migrateUp(target, [...all, later]);
    expect(deployCheck([...all, later], await target.ledger()).findings).toEqual([
      "0005-more (expand) is not applied: it stands on 0004-note-contract (contract), after which code of before 0002-note fails: end that, then migrate up --contract 0004-note-contract",
    ]);
  });

  test.each([
    ["0001-initial", false],
    ["0002-note", true],
    ["0004-note-contract", true],
  ])(
    "a contract runs when the oldest running code knows its change: %s %s",
    async (running, mayRun) => {
      const target = await upTo(base);
      await migrateUp(target, all);
      const { contracts } = deployCheck(all, await target.ledger(), running);
      expect(contracts).toMatchObject([{ id: "0004-note-contract", mayRun }]);
    },
  );

  test("an applied contract breaks running code that does not know its change", async () => {
    const ledger = await (await upTo(...all)).ledger();
    expect(deployCheck(all, ledger, "0001-initial")).toMatchObject({
      mayStart: false,
      findings: [expect.stringContaining("code of 0001-initial does not know 0002-note")],
    });
    expect(deployCheck(all, ledger, "0003-note-backfill").mayStart).toBe(true);
  });

  const typed = migration("0002-type", ["0001-initial"], { phase: "expand", change: "0002-type" });
  const exchange = migration("0003-type-contract", ["0002-type"], {
    phase: "contract",
    change: "0002-type",
    steps: [
      { name: "0003-type-contract", title: "", transactional: true, risks: ["new-code-waits"] },
    ],
  });

  test("code that a contract has to come before starts after it, in the order that is named", async () => {
    const target = await upTo(base);
    const files = [base, typed, exchange];
    const events: MigrateEvent[] = [];
    await migrateUp(target, files, { onEvent: (event) => events.push(event) });
    expect(events.filter(({ kind }) => kind === "held")).toMatchObject([
      { reason: expect.stringContaining("--contract 0003-type-contract, then the new code") },
    ]);
    expect(deployCheck(files, await target.ledger(), "0001-initial")).toMatchObject({
      mayStart: false,
      findings: [
        "0003-type-contract (contract) is not applied, and this code fails before it, code of before 0002-type after it: end that, then migrate up --contract 0003-type-contract, then start this code",
      ],
      contracts: [{ mayRun: false, reason: expect.stringContaining("once it is ended") }],
    });
    await migrateUp(target, files, { contract: true });
    expect(deployCheck(files, await target.ledger()).mayStart).toBe(true);
  });

  test("running code that an expand breaks has to end before it", async () => {
    const target = await upTo(base);
    const steps = [
      { name: "0002-key", title: "", transactional: true, risks: ["breaks-old-code"] },
    ];
    const key = migration("0002-key", ["0001-initial"], { phase: "expand", steps });
    expect(deployCheck([base, key], await target.ledger(), "0001-initial").findings).toEqual([
      "0002-key (expand) is not applied: code of 0001-initial fails after it: end that first, then migrate up",
    ]);
    await migrateUp(target, [base, key]);
    expect(deployCheck([base, key], await target.ledger(), "0001-initial").findings).toEqual([
      expect.stringContaining("code of 0001-initial does not know 0002-key"),
    ]);
    expect(deployCheck([base, key], await target.ledger(), "0002-key").mayStart).toBe(true);
  });

  test("code that may write an empty value which running code cannot read is told, and may start", async () => {
    const target = await upTo(base);
    const steps = [
      {
        name: "0002-open",
        title: "notes: column body may be empty",
        transactional: true,
        risks: ["null-breaks-old-code"],
      },
    ];
    const open = migration("0002-open", ["0001-initial"], { phase: "expand", steps });
    const caution =
      "0002-open: notes: column body may be empty: code of 0001-initial fails on the first empty value that this code writes there: end it first, or write none until then";
    expect(deployCheck([base, open], await target.ledger(), "0001-initial")).toMatchObject({
      mayStart: false,
      cautions: [caution],
    });
    await migrateUp(target, [base, open]);
    expect(deployCheck([base, open], await target.ledger(), "0001-initial")).toMatchObject({
      mayStart: true,
      findings: [],
      cautions: [caution],
    });
    expect(deployCheck([base, open], await target.ledger(), "0002-open").cautions).toEqual([]);
    expect(deployCheck([base, open], await target.ledger()).cautions).toEqual([]);
  });

  test("older code starts beside what newer code has expanded, not after its contract", async () => {
    const target = await upTo(base, expand, backfill);
    expect(deployCheck([base], await target.ledger())).toMatchObject({
      mayStart: true,
      newer: ["0002-note", "0003-note-backfill"],
    });
    await migrateUp(target, all, { contract: true });
    expect(deployCheck([base], await target.ledger()).mayStart).toBe(false);
  });
});

describe("drift", () => {
  test("what others changed is named, also after migrations that left it alone", async () => {
    const target = await upTo(base);
    expect(await migrationDrift(target)).toEqual([]);
    target.made.add("index by hand");
    target.made.delete("0001-initial");
    const drift = [
      { object: "thing 0001-initial", change: "dropped" },
      { object: "thing index by hand", change: "added" },
    ];
    expect(await migrationDrift(target)).toEqual(drift);
    await migrateUp(target, [base, expand]);
    expect(await migrationDrift(target)).toEqual(drift);
    await migrateDown(target, [base, expand]);
    expect(await migrationDrift(target)).toEqual(drift);
  });

  test("without a record there is nothing to compare with; half-way nobody can", async () => {
    const target = await upTo(base);
    target.entries = target.entries.map((entry) => ({ ...entry, objects: undefined }));
    expect(await migrationDrift(target)).toBeUndefined();
    target.entries = target.entries.map((entry) => ({ ...entry, dirty: true }));
    expect((await dataError(migrationDrift(target))).message).toContain("0001-initial is half-way");
  });
});

describe("accept", () => {
  const edited = { ...base, hash: "edited" };

  test("makes an edited file the record of what is applied, and runs nothing", async () => {
    const target = await upTo(base);
    expect((await dataError(migrateUp(target, [edited]))).message).toContain(
      "migrate accept 0001-initial",
    );
    await acceptMigration(target, [edited], "0001-initial");
    expect(target.steps).toEqual(["make 0001-initial"]);
    expect(await migrateUp(target, [edited, expand])).toEqual(["0002-note"]);
  });

  test("is refused when the store is not as its migrations left it, and for what is not applied", async () => {
    const target = await upTo(base);
    target.made.add("by hand");
    const drifted = await dataError(acceptMigration(target, [edited], "0001-initial"));
    expect(drifted.message).toContain("thing by hand (added)");
    target.made.delete("by hand");
    expect((await dataError(acceptMigration(target, all, "0002-note"))).message).toContain(
      "0002-note is not applied here",
    );
    expect(target.entries).toMatchObject([{ hash: base.hash }]);
  });

  test("takes the first migration of a store that was made by other means for applied", async () => {
    const target = new MemoryTarget();
    target.made.add("made by hand");
    await acceptMigration(target, [base], "0001-initial");
    expect(target.steps).toEqual([]);
    expect(await migrateUp(target, [base, expand])).toEqual(["0002-note"]);
    expect(await migrationDrift(target)).toEqual([]);
  });
});
