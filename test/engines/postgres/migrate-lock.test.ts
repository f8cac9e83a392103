import pg from "pg";
import { expect, it } from "vitest";
import { migrateUp, type MigrateEvent } from "../../../templates/runtime/migrate.ts";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";
import { asMigration, full, mixed, openMigrated, step } from "./migrations.ts";

const base = mixed.slice(0, 1).map(asMigration);
const alter = asMigration({
  id: "0002-note",
  parents: ["0001-initial"],
  steps: [
    step("note", "alter table item add column note text;", "alter table item drop column note;"),
  ],
});

const { count, heldMs, timeoutMs } = full
  ? { count: 20, heldMs: 30_000, timeoutMs: 4_000 }
  : { count: 2, heldMs: 2_000, timeoutMs: 400 };

/** What a busy machine adds to any time that is measured. */
const busyMs = 400;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function connected(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  return client;
}

/** Reads again and again until `ended`; resolves to the longest wait in milliseconds. */
async function longestRead(dsn: string, ended: Promise<unknown>): Promise<number> {
  const reader = await connected(dsn);
  let open = true;
  void ended.finally(() => (open = false)).catch(() => {});
  let longest = 0;
  for (let round = 0; open && round < 10_000; round += 1) {
    const began = performance.now();
    await reader.query("select count(*) from item");
    longest = Math.max(longest, performance.now() - began);
    await sleep(20);
  }
  await reader.end();
  return longest;
}

/** A step behind a lock that an open transaction holds. */
async function behindLock(dsn: string, heldFor: number, totalMs: number) {
  const opened = openMigrated(dsn);
  const target = opened.store.migrationTarget();
  await migrateUp(target, base);
  const holder = await connected(dsn);
  await holder.query("begin; select from item limit 1");
  const release = sleep(heldFor).then(() => holder.query("commit"));
  const attempts: number[] = [];
  let began = performance.now();
  const onEvent = (event: MigrateEvent): void => {
    if (event.kind === "apply") began = performance.now();
    if (event.kind === "waiting") attempts.push(performance.now() - began);
  };
  const run = migrateUp(target, [...base, alter], { lock: { timeoutMs, totalMs }, onEvent }).then(
    (applied) => applied,
    (error: unknown) => error,
  );
  const ended = run.then(() => performance.now());
  const longest = await longestRead(dsn, run);
  const outcome = await run;
  const elapsed = (await ended) - began;
  await release;
  await holder.end();
  await opened.close();
  return { outcome, elapsed, longest, firstAttempt: attempts[0], attempts: attempts.length };
}

await onSharedServer("M4: a step behind a lock", (server) => {
  const dsn = async (): Promise<string> => (await server.namespace()).dsn;

  it(`gives up an attempt after lock_timeout, lets readers by, and gets there (${count} times)`, async () => {
    const places = await Promise.all(Array.from({ length: count }, dsn));
    const all = await Promise.all(places.map((place) => behindLock(place, heldMs, 4 * heldMs)));
    if (full)
      process.stdout.write(
        `M4: ${JSON.stringify(all.map((each) => ({ ...each, outcome: undefined })))}\n`,
      );
    for (const { outcome, longest, firstAttempt = 0 } of all) {
      expect(outcome).toEqual(["0002-note"]);
      expect(firstAttempt).toBeGreaterThan(0.9 * timeoutMs);
      expect(firstAttempt).toBeLessThan(1.1 * timeoutMs + busyMs);
      expect(longest).toBeLessThan(1.1 * timeoutMs + busyMs);
    }
  }, 300_000);

  it("ends in time with what to do when the lock is never given", async () => {
    const { outcome, elapsed } = await behindLock(await dsn(), 3 * timeoutMs, timeoutMs);
    expect(elapsed).toBeGreaterThan(0.9 * timeoutMs);
    expect(elapsed).toBeLessThan(1.1 * timeoutMs + busyMs);
    expect(isDataError(outcome) && outcome.toJSON()).toMatchObject({
      kind: "overloaded",
      message: expect.stringMatching(
        /0002-note\.up\.sql:4: step note: .*lock timeout \(1 attempts\)/,
      ),
      hint: expect.stringContaining("pg_stat_activity"),
    });
  }, 60_000);
});
