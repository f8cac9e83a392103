import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { outsideTransactions } from "../../../templates/runtime/unit-of-work.ts";
import { get, id, migration, newItem, place } from "./items.ts";
import { openStore } from "./open-store.ts";
import { stopwatch } from "../../support/stopwatch.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "pglite-")), "main");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));
// PGlite starts several times per test, and a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const holder = fileURLToPath(new URL("./hold-folder.ts", import.meta.url));

/** Another process that opens the folder, says "open" and waits. */
const hold = (): Promise<{ kill9(): Promise<void> }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [holder, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
    child.stdout.once("data", () =>
      resolve({
        kill9: () => {
          child.kill("SIGKILL");
          return ended;
        },
      }),
    );
  });

it("keeps rows between openings", async () => {
  const first = await openStore(`pglite:${folder}`);
  await migrateUp(first.store.migrationTarget(), [migration]);
  await first.store.session.write(place, newItem(1));
  await first.close();
  const second = await openStore(`pglite:${folder}`);
  expect(await second.store.session.first(get, [id(1)])).toMatchObject({ id: id(1) });
  await second.close();
});

it("the time in which the database starts is not taken for a slow answer", async () => {
  const { store, close } = await openStore(`pglite:${folder}`);
  const { state, detail } = await store.health();
  expect({ state, detail }).not.toMatchObject({ state: "degraded" });
  await close();
});

it("a second process is refused, and let in once the first was killed", async () => {
  const other = await hold();
  const late = await openStore(`pglite:${folder}`);
  await expect(late.store.session.first(get, [id(1)])).rejects.toMatchObject({
    kind: "unavailable",
    attempts: 1,
    message: expect.stringMatching(
      /^\S+: .* is open in another process; .* use a PostgreSQL server/,
    ),
    cause: { message: expect.stringContaining("another process") },
  });
  expect(await late.store.health()).toMatchObject({
    state: "down",
    detail: expect.stringContaining("is open in another process"),
  });
  await other.kill9();
  expect(await late.store.raw("select 1")).toMatchObject({ rows: [["1"]] });
  await late.close();
});

it("a folder that cannot be made, holds other files or a broken database is told by its path, with the mend", async () => {
  const refused = async (text: RegExp): Promise<void> => {
    const { store, close } = await openStore(`pglite:${folder}`);
    const { state, detail } = await store.health();
    expect({ state, named: detail?.includes(folder) }).toEqual({ state: "down", named: true });
    expect(detail).toMatch(text);
    await expect(store.raw("select 1")).rejects.toMatchObject({ kind: "unavailable" });
    await close();
  };
  await mkdir(folder);
  await writeFile(join(folder, "own.txt"), "mine");
  await refused(/holds other files and no database; name a folder that is empty/);
  await writeFile(join(folder, "PG_VERSION"), "18\n");
  await refused(
    /the database in .* does not open .* Put a copy of it back, or move the folder away/,
  );
  const above = join(folder, "own.txt");
  folder = join(above, "main");
  await refused(/cannot be made or written \(.*\); give this user the right to write there/);
  folder = join(above, "..");
});

it("a deadline strikes while PGlite is busy, and the database in memory is still there", async () => {
  const { store, close } = await openStore("pglite:memory");
  await store.raw("create table kept (n int)");
  const began = stopwatch();
  const busy = store.raw("select count(*) from generate_series(1, 6000000)", [], {
    deadlineMs: 100,
  });
  await expect(busy).rejects.toMatchObject({ kind: "outcome-unknown" });
  expect(began.elapsed()).toBeLessThan(350);
  expect(await store.raw("select count(*) from kept")).toMatchObject({ rows: [["0"]] });
  await close();
});

it("a cache's load inside a transaction is refused at once: the one session would wait for itself", async () => {
  const { store, close } = await openStore("pglite:memory?inline=true");
  const began = stopwatch();
  const inside = store.transaction(() => outsideTransactions(() => store.raw("select 1")));
  await expect(inside).rejects.toMatchObject({ kind: "programming" });
  expect(began.elapsed()).toBeLessThan(20_000);
  expect(await store.raw("select 1")).toMatchObject({ rows: [["1"]] });
  await close();
});

it("a transaction that is given up is undone before the next call", async () => {
  const { store, close } = await openStore("pglite:memory?inline=true");
  await store.raw("create table kept (n int)");
  const late = store.transaction(
    async (tx) => {
      await tx.raw("insert into kept values (1)");
      await new Promise((resolve) => setTimeout(resolve, 200));
      await tx.raw("insert into kept values (2)");
    },
    { deadlineMs: 50 },
  );
  await expect(late).rejects.toMatchObject({ kind: "timeout" });
  expect(await store.raw("select count(*) from kept")).toMatchObject({ rows: [["0"]] });
  await close();
});
