import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./open-store.ts";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "pglite-")), "main");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

const holder = fileURLToPath(new URL("./hold-folder.ts", import.meta.url));

/** Starts another process on the folder and kills it `ms` after `seen` holds; false when it had opened the folder before that. */
const killDuringStart = async (seen: () => boolean, ms: number): Promise<boolean> => {
  const child = spawn(process.execPath, [holder, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let opened = false;
  child.stdout.once("data", () => (opened = true));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const until = performance.now() + 20_000;
  while (!seen() && !opened && performance.now() < until) await sleep(2);
  await sleep(ms);
  child.kill("SIGKILL");
  await ended;
  return !opened;
};

const works = async (): Promise<void> => {
  const { store, close } = await openStore(`pglite:${folder}`);
  await store.raw("create table if not exists kept (n int)");
  await store.raw("insert into kept values (1)");
  expect(await store.raw("select count(*) from kept")).toMatchObject({ rows: [["1"]] });
  await close();
};

it.each([0, 20, 80, 200, 500])(
  "a first start that was killed %i ms after its folder appears leaves a folder that opens",
  async (ms) => {
    const begun = (): boolean => [folder, `${folder}.part`].some((place) => existsSync(place));
    await killDuringStart(begun, ms);
    await works();
    expect(existsSync(`${folder}.part`)).toBe(false);
  },
  60_000,
);

it("a killed start never leaves a folder that looks whole, and its remains are made anew", async () => {
  await mkdir(`${folder}.part`, { recursive: true });
  await writeFile(join(`${folder}.part`, "PG_VERSION"), "17\n");
  await works();
}, 120_000);

it("an empty folder is taken, one with other files is refused and left alone", async () => {
  await mkdir(folder, { recursive: true });
  await works();
  const other = `${folder}-other`;
  await mkdir(other);
  await writeFile(join(other, "letter.txt"), "mine");
  const { store, close } = await openStore(`pglite:${other}`);
  await expect(store.raw("select 1")).rejects.toMatchObject({
    kind: "unavailable",
    message: expect.stringContaining("other files"),
  });
  expect(existsSync(join(other, "letter.txt"))).toBe(true);
  await close();
}, 120_000);
