import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrateDownTo, migrateUp, migrationStatus } from "../../../templates/runtime/migrate.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import {
  asMigration,
  concurrentIndex,
  fixtureFolder,
  full,
  mixed,
  openMigrated,
  stateOf,
  type MigratedStore,
} from "./migrations.ts";

const child = fileURLToPath(new URL("migrate-child.ts", import.meta.url));
const migrations = mixed.map(asMigration);
const moments = ["before", "1", "6", "20", "after"] as const;

interface Ended {
  readonly calls: readonly string[];
  readonly killed: boolean;
}

/** Migrates in a child that kills itself, or is killed by `interrupt`. */
function migrateIn(args: readonly string[], interrupt?: (kill: () => void) => Promise<void>) {
  return new Promise<Ended>((resolve, reject) => {
    const running = spawn(process.execPath, ["--no-warnings", child, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    running.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    running.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    interrupt?.(() => running.kill("SIGKILL")).catch(reject);
    running.once("error", reject);
    running.once("close", (status, signal) => {
      const calls = out.split("\n").filter((line) => line !== "");
      if (status === 0 || signal === "SIGKILL") resolve({ calls, killed: signal === "SIGKILL" });
      else reject(new Error(err));
    });
  });
}

await onSharedServer("M2: kill -9 inside every step", (server) => {
  const folder = fixtureFolder(mixed);
  const open: MigratedStore[] = [];
  let fresh: unknown;
  let calls: { readonly up: readonly string[]; readonly down: readonly string[] };

  const space = async (): Promise<{ readonly dsn: string; readonly opened: MigratedStore }> => {
    const { dsn } = await server.namespace();
    const opened = openMigrated(dsn);
    open.push(opened);
    return { dsn, opened };
  };

  beforeAll(async () => {
    const { dsn, opened } = await space();
    const up = await migrateIn([dsn, folder, "up"]);
    fresh = await stateOf(opened);
    const down = await migrateIn([dsn, folder, "down"]);
    calls = { up: up.calls, down: down.calls };
  });
  afterAll(async () => {
    await Promise.all(open.map((each) => each.close()));
    rmSync(folder, { recursive: true });
  });

  it("up: whenever it is killed, the next run ends where a run in one go does", async () => {
    expect(calls.up.length).toBeGreaterThan(12);
    const points = calls.up.flatMap((_, at) =>
      moments
        .filter((_, index) => full || (at + index) % 10 === 0)
        .map((moment) => [at + 1, moment] as const),
    );
    for (const [call, moment] of points) {
      const { dsn, opened } = await space();
      const ended = await migrateIn([dsn, folder, "up", String(call), moment]);
      expect([call, moment, ended.killed]).toEqual([call, moment, true]);
      const target = opened.store.migrationTarget();
      expect((await migrationStatus(target, migrations)).problems).toEqual([]);
      await migrateUp(target, migrations);
      expect(await stateOf(opened)).toEqual(fresh);
    }
  }, 900_000);

  it("down: whenever it is killed, the next run takes back the rest", async () => {
    const points = calls.down.flatMap((_, at) =>
      moments
        .filter((_, index) => full || (at + index) % 13 === 0)
        .map((moment) => [at + 1, moment] as const),
    );
    for (const [call, moment] of points) {
      const { dsn, opened } = await space();
      const target = opened.store.migrationTarget();
      await migrateUp(target, migrations);
      expect((await migrateIn([dsn, folder, "down", String(call), moment])).killed).toBe(true);
      while ((await migrateDownTo(target, migrations)).length > 0);
      expect(await stateOf(opened)).toMatchObject({ ledger: [], objects: {}, digest: [] });
    }
  }, 900_000);

  it("an index whose making was cut off is invalid: it is dropped and made anew", async () => {
    const { dsn, opened } = await space();
    const fixtures = [
      ...mixed.slice(0, 1),
      {
        id: "0002-index",
        parents: ["0001-initial"],
        steps: [concurrentIndex("code_idx", "item (code)")],
      },
    ];
    const own = fixtureFolder(fixtures);
    const target = opened.store.migrationTarget();
    await migrateUp(target, fixtures.slice(0, 1).map(asMigration));
    const writer = new pg.Client({ connectionString: dsn });
    await writer.connect();
    await writer.query("begin; update item set code = 'other' where id = 1");
    const cut = await migrateIn([dsn, own, "up"], async (kill) => {
      const working = `select pid from pg_stat_activity where query like 'create index concurrently%' and wait_event_type = 'Lock'
        and datname = current_database()`;
      let pid: string | null | undefined;
      for (let round = 0; pid === undefined && round < 200; round += 1) {
        pid = (await opened.rows(working))[0]?.[0];
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      kill();
      await opened.rows(`select pg_terminate_backend(${pid}, 5000)`);
    });
    expect(cut.killed).toBe(true);
    await writer.query("commit");
    await writer.end();
    const valid = "select indisvalid from pg_index where indexrelid = 'code_idx'::regclass";
    expect(await opened.rows(valid)).toEqual([["f"]]);
    const { halfWay } = await migrationStatus(target, fixtures.map(asMigration));
    expect(halfWay.map(({ step }) => step)).toEqual(["code_idx"]);
    await migrateUp(target, fixtures.map(asMigration));
    expect(await opened.rows(valid)).toEqual([["t"]]);
    rmSync(own, { recursive: true });
  }, 60_000);
});
