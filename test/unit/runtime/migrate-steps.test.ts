import { describe, expect, test } from "vitest";
import {
  migrateDown,
  migrateDownTo,
  migrateUp,
  migrationDrift,
  migrationStatus,
  type MigrateEvent,
} from "../../../templates/runtime/migrate.ts";
import type { Migration, StepRecord } from "../../../templates/runtime/migration.ts";
import { programmingError } from "../../../templates/runtime/errors.ts";
import { Killed, MemoryTarget, migration } from "./memory-target.ts";
import { dataError } from "./support.ts";

const step = (name: string, changes: Partial<StepRecord> = {}): StepRecord => ({
  name,
  title: `${name} is made`,
  transactional: true,
  ...changes,
});

const concurrent = (name: string): StepRecord =>
  step(name, { transactional: false, verify: `has ${name}`, repair: `clean ${name}` });

const textOf = (steps: readonly StepRecord[], statement: (step: StepRecord) => string): string =>
  steps.map((each) => `-- step: ${each.name}\n${statement(each)}\n`).join("\n");

const stepped = (id: string, steps: readonly StepRecord[], changes: Partial<Migration> = {}) =>
  migration(id, [], {
    steps,
    up: textOf(steps, ({ name, batch }) => (batch === undefined ? `make ${name}` : "fill 23")),
    down: textOf(
      steps.filter(({ batch }) => batch === undefined),
      ({ name, transactional }) => `${transactional ? "drop" : "clean"} ${name}`,
    ),
    ...changes,
  });

const fill = step("fill", { batch: { keys: 1, size: 5, pauseMs: 0, estimate: "rows 23" } });
const mixed = stepped("0001-mixed", [
  step("a"),
  step("b"),
  concurrent("c"),
  concurrent("d"),
  fill,
  step("e"),
]);

/** Runs again and again, killed after `effects` effects the first time. */
async function killedOnce(target: MemoryTarget, effects: number, work: () => Promise<unknown>) {
  target.effectsLeft = effects;
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  target.effectsLeft = Number.POSITIVE_INFINITY;
  if (error !== undefined) expect(error).toBeInstanceOf(Killed);
  return error !== undefined;
}

const whole = {
  made: ["a", "b", "c", "d", "e"],
  filled: Array.from({ length: 23 }, (_, at) => at + 1),
};
const stateOf = ({ made, filled }: MemoryTarget) => ({ made: [...made].sort(), filled });

describe.each([true, false])("steps, with transactions: %s", (transactional) => {
  const target = () => new MemoryTarget(transactional);

  test("killed at any effect on the way up, the next run ends where a run in one go does", async () => {
    let kills = 0;
    for (let effects = 0; ; effects += 1) {
      const store = target();
      const killed = await killedOnce(store, effects, () => migrateUp(store, [mixed]));
      if (!killed) break;
      kills += 1;
      await migrateUp(store, [mixed]);
      expect(stateOf(store)).toEqual(whole);
      expect(store.entries).toMatchObject([{ id: "0001-mixed", hash: mixed.hash }]);
      expect(store.entries[0]?.dirty).toBeUndefined();
      expect(await migrationDrift(store)).toEqual([]);
    }
    expect(kills).toBeGreaterThan(10);
  });

  test("killed at any effect on the way down, the next run down, or up again, is whole", async () => {
    let kills = 0;
    for (let effects = 0; ; effects += 1) {
      const [down, up] = [target(), target()];
      let killed = false;
      for (const store of [down, up]) {
        await migrateUp(store, [mixed]);
        killed = await killedOnce(store, effects, () => migrateDown(store, [mixed]));
      }
      if (!killed) break;
      kills += 1;
      if (down.entries.length > 0) await migrateDown(down, [mixed]);
      expect([[...down.made], down.entries]).toEqual([[], []]);
      await migrateUp(up, [mixed]);
      expect(stateOf(up).made).toEqual(whole.made);
    }
    expect(kills).toBeGreaterThan(4);
  });
});

describe("steps", () => {
  test("neighbours share a transaction: what fails leaves none of them", async () => {
    const store = new MemoryTarget();
    store.failOn = "make b";
    await expect(migrateUp(store, [mixed])).rejects.toThrow("syntax error");
    expect([[...store.made], store.entries]).toEqual([[], []]);
  });

  test("a step that was begun and is whole is not done again", async () => {
    const store = new MemoryTarget();
    const one = stepped("0001-one", [concurrent("c")]);
    // Killed after its statement and before that was noted.
    await killedOnce(store, 3, () => migrateUp(store, [one]));
    expect([[...store.made], store.entries[0]?.dirty]).toEqual([["c"], true]);
    await migrateUp(store, [one]);
    expect(store.steps).toEqual(["make c"]);
  });

  test("what a failed attempt left is removed at once, and the step is what comes next", async () => {
    const store = new MemoryTarget();
    store.failOn = "make c";
    await expect(migrateUp(store, [mixed])).rejects.toThrow("syntax error");
    expect(store.steps.at(-1)).toBe("clean c");
    const { halfWay, problems } = await migrationStatus(store, [mixed]);
    expect([halfWay.map((entry) => entry.step), problems]).toEqual([["c"], []]);
  });

  test("it says where it goes on, and how far a batch has come", async () => {
    const store = new MemoryTarget();
    const events: MigrateEvent[] = [];
    store.failOn = "make e";
    await migrateUp(store, [mixed]).catch(() => {});
    store.failOn = undefined;
    await migrateUp(store, [mixed], { onEvent: (event) => events.push(event) });
    expect(events).toMatchObject([
      { kind: "resume", step: "e", migration: { id: "0001-mixed" } },
      { kind: "applied" },
    ]);
    const fresh: MigrateEvent[] = [];
    await migrateUp(new MemoryTarget(), [mixed], { onEvent: (event) => fresh.push(event) });
    const told = fresh.flatMap((event) => (event.kind === "progress" ? [event] : []));
    expect(told.map(({ done, total }) => [done, total])).toEqual(
      [0, 5, 10, 15, 20, 23].map((done) => [done, 23]),
    );
    expect(told.slice(1).every(({ etaMs = -1 }) => etaMs >= 0)).toBe(true);
  });

  test("half-way, the rest may be mended in its file, but not what has run", async () => {
    const store = new MemoryTarget();
    store.failOn = "make c";
    await migrateUp(store, [mixed]).catch(() => {});
    store.failOn = undefined;
    const edited = { ...mixed, hash: "other", up: mixed.up.replace("make b", "make bb") };
    const error = await dataError(migrateUp(store, [edited]));
    expect(error.message).toContain("0001-mixed.up.sql: step b has run here and has changed since");
    const gone = stepped("0001-mixed", [step("a"), step("b")], { hash: "other" });
    expect((await dataError(migrateUp(store, [gone]))).message).toContain("it stopped at step c");
    const mended = { ...mixed, hash: "other", up: mixed.up.replace("make e", "make f") };
    expect(await migrateUp(store, [mended])).toEqual(["0001-mixed"]);
    expect(store.entries).toMatchObject([{ hash: "other" }]);
    expect(store.made.has("f")).toBe(true);
  });

  test("the texts name steps of the record only, each once", async () => {
    const store = new MemoryTarget();
    const cases: readonly [Migration, string][] = [
      [{ ...mixed, up: mixed.up.replace("step: b", "step: x") }, "step x is not in its record"],
      [{ ...mixed, up: mixed.up.replace("step: b", "step: a") }, "step a is there twice"],
    ];
    for (const [broken, says] of cases)
      expect((await dataError(migrateUp(store, [broken]))).message).toContain(says);
    expect(store.steps).toEqual([]);
  });

  test("a text that cannot be split is named with its file", async () => {
    const store = new MemoryTarget();
    store.split = (text) => {
      if (text.includes("drop")) throw new SyntaxError("line 2 is no step");
      return MemoryTarget.prototype.split.call(store, text);
    };
    expect((await dataError(migrateUp(store, [mixed]))).message).toBe(
      "migrations/main/0001-mixed.down.sql: line 2 is no step",
    );
  });

  test("a batch that does not get on is stopped", async () => {
    const store = new MemoryTarget();
    store.batch = async (_, { key }, note) => {
      const result = { done: 5, key: key[0] === null ? ["5"] : key };
      note(result);
      return result;
    };
    expect((await dataError(migrateUp(store, [mixed]))).message).toContain(
      "step fill does not get on",
    );
  });

  test("a ledger of before steps: what stopped half-way is begun anew", async () => {
    const store = new MemoryTarget();
    const old = migration("0001-old", [], { transactional: false, up: "make a" });
    const { id, hash, parents } = old;
    store.entries = [{ id, hash, parents, appliedAt: new Date(0), dirty: true }];
    expect(await migrateUp(store, [old])).toEqual(["0001-old"]);
  });
});

describe("down", () => {
  const child = stepped("0002-drop", [step("x", { reversibility: "loses-data" })], {
    parents: ["0001-mixed"],
  });

  test("does not take back what loses data unless that migration is named", async () => {
    const store = new MemoryTarget();
    await migrateUp(store, [mixed, child]);
    const error = await dataError(migrateDown(store, [mixed, child]));
    expect(error.message).toContain("0002-drop: x (x is made): loses-data");
    expect(error.hint).toContain("--allow-destructive 0002-drop");
    await dataError(migrateDown(store, [mixed, child], { allowDestructive: ["0001-mixed"] }));
    expect(store.made.has("x")).toBe(true);
    expect(await migrateDown(store, [mixed, child], { allowDestructive: ["0002-drop"] })).toBe(
      "0002-drop",
    );
  });

  test("does not take away what was written since unless that migration is named", async () => {
    const store = new MemoryTarget();
    const added = stepped("0001-added", [step("x", { removes: "orders.note" })]);
    await migrateUp(store, [added]);
    const error = await dataError(migrateDown(store, [added]));
    expect(error.message).toContain("x (x is made): orders.note goes, with what was written");
    expect(store.made.has("x")).toBe(true);
    const allowed = { allowDestructive: ["0001-added"] };
    expect(await migrateDown(store, [added], allowed)).toBe("0001-added");
  });

  test("of a migration that stopped half-way, only what ran is asked about", async () => {
    const store = new MemoryTarget();
    const steps = [
      concurrent("early"),
      step("stops"),
      concurrent("apart"),
      step("x", { reversibility: "loses-data" }),
    ];
    const late = stepped("0002-late", steps, { parents: ["0001-mixed"] });
    store.failOn = "make apart";
    await expect(migrateUp(store, [mixed, late])).rejects.toThrow("syntax error");
    store.failOn = undefined;
    expect(await migrateDown(store, [mixed, late])).toBe("0002-late");
    await migrateUp(store, [mixed, late]);
    const error = await dataError(migrateDown(store, [mixed, late]));
    expect(error.message).toContain("0002-late: x (x is made): loses-data");
  });

  test("of a step that failed before it made anything, nothing is asked", async () => {
    const store = new MemoryTarget();
    const added = stepped("0001-added", [
      { ...concurrent("x"), removes: "orders.note", repair: "clean x" },
    ]);
    store.failOn = "make x";
    await expect(migrateUp(store, [added])).rejects.toThrow("syntax error");
    store.failOn = undefined;
    expect(await migrateDown(store, [added])).toBe("0001-added");
    await migrateUp(store, [added]);
    expect((await dataError(migrateDown(store, [added]))).message).toContain("orders.note goes");
  });

  test("of a step that was made and not noted, what it holds is asked about", async () => {
    const store = new MemoryTarget();
    const added = stepped("0001-added", [{ ...concurrent("x"), removes: "orders.note" }]);
    await killedOnce(store, 3, () => migrateUp(store, [added]));
    expect([store.made.has("x"), store.entries[0]?.dirty]).toEqual([true, true]);
    expect((await dataError(migrateDown(store, [added]))).message).toContain("orders.note goes");
  });

  test("a count of rows that fails is told with its step", async () => {
    class Refusing extends MemoryTarget {
      override count(): Promise<number> {
        return Promise.reject(programmingError("integer out of range", { operation: "migrate" }));
      }
    }
    const error = await dataError(migrateUp(new Refusing(), [mixed]));
    expect(error.message).toMatch(/0001-mixed.*: step fill \(fill is made\): integer out of range/);
  });

  test("a check of the rows that failed does not stand in the way back", async () => {
    const store = new MemoryTarget();
    const check = step("fits", { transactional: false, verify: "has fits" });
    const tight = stepped("0001-tight", [step("a"), check]);
    const narrowed = { ...tight, down: "-- step: a\ndrop a\n" };
    store.failOn = "make fits";
    await expect(migrateUp(store, [narrowed])).rejects.toThrow("syntax error");
    expect(store.made.has("a")).toBe(true);
    expect(await migrateDown(store, [narrowed])).toBe("0001-tight");
    expect([[...store.made], store.entries]).toEqual([[], []]);
  });

  test("to a migration: what stands on it goes, what stands beside it stays", async () => {
    const store = new MemoryTarget();
    const base = migration("0001-base");
    const beside = migration("0002-beside", ["0001-base"]);
    const above = migration("0002-above", ["0001-base"]);
    const top = migration("0003-top", ["0002-above"]);
    const all = [base, beside, above, top];
    await migrateUp(store, all);
    expect(await migrateDownTo(store, all, { to: "0002-above" })).toEqual(["0003-top"]);
    expect(await migrateDownTo(store, all, { to: "0002-above" })).toEqual([]);
    expect((await migrateDownTo(store, all, { to: "0001-base" })).toSorted()).toEqual([
      "0002-above",
      "0002-beside",
    ]);
  });
});
