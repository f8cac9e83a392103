import { stat } from "node:fs";
import { describe, expect, test } from "vitest";
import { ChangeBuffer, ChangeFeed, type Change } from "../../../templates/runtime/changes.ts";
import { DataError } from "../../../templates/runtime/errors.ts";
import {
  HealthMonitor,
  type HealthSource,
  type HealthState,
} from "../../../templates/runtime/health.ts";

const source = (
  name: string,
  state: HealthState,
  changes: Partial<HealthSource> = {},
): HealthSource => ({
  name,
  engine: "testdb",
  health: async () => ({ store: name, engine: "testdb", state, latencyMs: 1 }),
  ...changes,
});

describe("health", () => {
  test("live asks no store", () => {
    const monitor = new HealthMonitor([source("main", "down")]);
    expect(monitor.live()).toEqual({ probe: "live", ok: true, state: "up", stores: [] });
  });

  type Row = readonly [states: readonly HealthState[], ok: boolean, state: HealthState];
  const rows: readonly Row[] = [
    [[], true, "up"],
    [["up", "up"], true, "up"],
    [["up", "degraded"], true, "degraded"],
    [["degraded", "starting"], false, "starting"],
    [["up", "down", "starting"], false, "down"],
  ];
  test.each(rows)("ready with %j: %s, %s", async (states, ok, state) => {
    const monitor = new HealthMonitor(states.map((each, index) => source(`s${index}`, each)));
    expect(await monitor.ready()).toMatchObject({ probe: "ready", ok, state });
  });

  test("a cache that is away takes nobody out of service, and is told", async () => {
    const away = { dispensable: true };
    const monitor = new HealthMonitor([source("main", "up"), source("cache", "down", away)]);
    const stores = [
      { store: "main", state: "up" },
      { store: "cache", state: "down" },
    ];
    expect(await monitor.ready()).toMatchObject({ ok: true, state: "degraded", stores });
    expect(await monitor.startup()).toMatchObject({ ok: true, state: "degraded" });
    const both = new HealthMonitor([source("main", "down"), source("cache", "up", away)]);
    expect(await both.ready()).toMatchObject({ ok: false, state: "down" });
  });

  test("a check that hangs is down after the timeout, one that fails is down without its text", async () => {
    const monitor = new HealthMonitor(
      [
        source("slow", "up", { health: () => new Promise(() => {}) }),
        source("broken", "up", {
          health: () => Promise.reject(new Error("testdb://app:s3cret@h")),
        }),
      ],
      30,
    );
    const report = await monitor.ready();
    expect(report.stores).toMatchObject([
      { store: "slow", state: "down", detail: "no answer within 30 ms" },
      { store: "broken", state: "down", detail: "the health check failed" },
    ]);
    expect(JSON.stringify(report)).not.toContain("s3cret");
  });

  test("what is loaded in this process costs no store its answer", async () => {
    let loads = 0;
    const reached = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
    const slow = source("slow", "up", {
      load: async () => {
        loads += 1;
        const end = performance.now() + 200;
        await reached();
        while (performance.now() < end);
      },
      health: async () => ({
        store: "slow",
        engine: "testdb",
        state: loads > 0 ? "up" : "down",
        latencyMs: 1,
      }),
    });
    const far = source("far", "up", {
      health: () =>
        reached().then(() => ({ store: "far", engine: "testdb", state: "up", latencyMs: 20 })),
    });
    const monitor = new HealthMonitor([slow, far], 100);
    expect(await monitor.ready()).toMatchObject({ ok: true });
    expect(await monitor.startup()).toMatchObject({ ok: true });
    const broken = source("broken", "down", { load: () => Promise.reject(new Error("no driver")) });
    expect(await new HealthMonitor([broken]).ready()).toMatchObject({ state: "down" });
  });

  test("an answer that has arrived counts though the event loop was busy beyond the timeout", async () => {
    const busy = source("busy", "up", {
      health: async () => {
        const answer = new Promise<void>((arrived) => {
          stat(new URL(import.meta.url), () => arrived());
        });
        const end = performance.now() + 120;
        setImmediate(() => {
          while (performance.now() < end);
        });
        await answer;
        return { store: "busy", engine: "testdb", state: "up", latencyMs: 120 };
      },
    });
    expect(await new HealthMonitor([busy], 60).ready()).toMatchObject({ ok: true });
  });

  test("startup waits for the first connection and for the migrations, then stays", async () => {
    let state: HealthState = "down";
    let missing: readonly string[] = ["0001-initial"];
    const monitor = new HealthMonitor([
      source("main", "up", {
        health: async () => ({ store: "main", engine: "testdb", state, latencyMs: 1 }),
        unapplied: async () => missing,
      }),
    ]);
    expect(await monitor.startup()).toMatchObject({ ok: false, state: "starting" });
    state = "up";
    expect(await monitor.startup()).toMatchObject({
      ok: false,
      stores: [{ detail: "not applied: 0001-initial" }],
    });
    missing = [];
    expect(await monitor.startup()).toMatchObject({ ok: true });
    state = "down";
    expect(await monitor.startup()).toMatchObject({ ok: true });
    expect(await monitor.ready()).toMatchObject({ ok: false });
  });
});

describe("start-up without an answer about migrations", () => {
  test("a code that comes without its migrations starts, and says so", async () => {
    const monitor = new HealthMonitor([source("main", "up", { unapplied: async () => undefined })]);
    expect(await monitor.startup()).toMatchObject({
      ok: true,
      stores: [{ detail: "migrations do not come with this code, so none was looked for" }],
    });
  });

  test("an error with a mend is told with it, any other by its kind", async () => {
    const refused = { kind: "auth", message: "may not read the ledger" } as const;
    const startWith = (error: DataError) =>
      new HealthMonitor([
        source("main", "up", { unapplied: () => Promise.reject(error) }),
      ]).startup();
    expect(await startWith(new DataError({ ...refused, hint: "grant it" }))).toMatchObject({
      state: "starting",
      stores: [{ detail: "may not read the ledger; grant it" }],
    });
    expect(await startWith(new DataError(refused))).toMatchObject({
      state: "down",
      stores: [{ detail: "auth" }],
    });
  });
});

describe("changes", () => {
  test("are told to every listener; one that fails fails nobody else", async () => {
    const heard: Change[] = [];
    const errors: unknown[] = [];
    const feed = new ChangeFeed((error) => errors.push(error));
    feed.onChanged(() => Promise.reject(new Error("cache down")));
    const stop = feed.onChanged((change) => void heard.push(change));
    await feed.emit("Product", ["1"]);
    stop();
    await feed.emit("Product", ["2"]);
    expect(heard).toEqual([{ entity: "Product", keys: ["1"] }]);
    expect(errors).toHaveLength(2);
  });

  test("cost nothing when nobody listens or nothing changed", () => {
    const feed = new ChangeFeed();
    expect(feed.emit("Product", ["1"])).toBeUndefined();
    feed.onChanged(() => {});
    expect(feed.emit("Product", [])).toBeUndefined();
  });

  test("of a transaction are told once per key, when it is flushed", async () => {
    const heard: Change[] = [];
    const feed = new ChangeFeed();
    feed.onChanged((change) => void heard.push(change));
    const buffer = new ChangeBuffer();
    buffer.add("Product", ["1", "2"]);
    buffer.add("Order", ["a"]);
    buffer.add("Product", ["2", "3"]);
    expect(heard).toEqual([]);
    await buffer.flush(feed);
    await buffer.flush(feed);
    expect(heard).toEqual([
      { entity: "Product", keys: ["1", "2", "3"] },
      { entity: "Order", keys: ["a"] },
    ]);
  });
});
