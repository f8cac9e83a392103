import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runDbCli } from "../../../templates/runtime/db-cli.ts";
import { parseCommand } from "../../../templates/runtime/db-cli-options.ts";
import { ProgressLines } from "../../../templates/runtime/db-cli-progress.ts";
import { HealthMonitor } from "../../../templates/runtime/health.ts";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import type { Migration, StepRecord } from "../../../templates/runtime/migration.ts";
import { MemoryTarget, migration } from "./memory-target.ts";

let folder: string;
let target: MemoryTarget;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "db-cli-"));
  target = new MemoryTarget();
});
afterEach(() => rmSync(folder, { recursive: true }));

type Texts = Pick<Migration, "up" | "down">;

function put(id: string, record: Partial<Migration>, { up, down }: Texts): void {
  writeFileSync(join(folder, `${id}.up.sql`), up);
  writeFileSync(join(folder, `${id}.down.sql`), down);
  const hash = migrationHash(up, down, record.steps);
  writeFileSync(join(folder, `${id}.json`), JSON.stringify({ id, parents: [], ...record, hash }));
}

const steps: readonly StepRecord[] = [
  { name: "a", title: "a is made", transactional: true, risks: ["locks"] },
  {
    name: "b",
    title: "b is made",
    transactional: false,
    risks: ["none"],
    reversibility: "loses-data",
  },
  {
    name: "fill",
    title: "rows are filled",
    transactional: true,
    batch: { keys: 1, size: 10, pauseMs: 0, estimate: "rows 95" },
  },
];

function files(): void {
  put("0001-initial", { phase: "expand" }, { up: "make x\n", down: "drop x\n" });
  put(
    "0002-note",
    { phase: "expand", change: "0002-note", parents: ["0001-initial"], steps },
    {
      up: "-- step: a\nmake a\n-- step: b\nmake b\n-- step: fill\nfill 95\n",
      down: "-- step: b\ndrop b\n-- step: a\ndrop a\n",
    },
  );
  put(
    "0003-note-contract",
    { phase: "contract", change: "0002-note", parents: ["0002-note"] },
    { up: "make c\n", down: "drop c\n" },
  );
}

async function db(...argv: readonly string[]) {
  let [out, err] = ["", ""];
  const status = await runDbCli({
    argv,
    open: () => ({
      stores: [
        { name: "main", target, folder },
        { name: "other", target: new MemoryTarget(), folder: other() },
      ],
      health: new HealthMonitor([]),
      close: async () => {},
    }),
    write: (text) => (out += text),
    writeError: (text) => (err += text),
    terminal: false,
  });
  return { status, out, err };
}

/** A second store without migrations. */
function other(): string {
  return mkdtempSync(join(folder, "other-"));
}

const held =
  "main: held 0003-note-contract: contract: code of before 0002-note fails after it; when none runs any more: migrate up --contract 0003-note-contract\n";

async function inUse(): Promise<void> {
  put("0001-initial", { phase: "expand" }, { up: "make x\n", down: "drop x\n" });
  await db("migrate", "up");
  files();
}

describe("migrate", () => {
  test("plan and --dry-run say what would be done, and do nothing", async () => {
    await inUse();
    const told = [
      "main: would apply 0002-note (expand)",
      "main:   a: a is made (locks)",
      "main:   b: b is made (outside of a transaction, loses-data)",
      "main:   fill: rows are filled (in batches)",
      `${held}other: nothing to apply\n`,
    ].join("\n");
    expect(await db("migrate", "plan")).toEqual({ status: 0, out: told, err: "" });
    expect(await db("migrate", "up", "--dry-run")).toEqual({ status: 0, out: told, err: "" });
    const { stores } = JSON.parse((await db("migrate", "plan", "--json", "--contract")).out);
    expect(stores[0].pending.map(({ id }: Migration) => id)).toEqual([
      "0002-note",
      "0003-note-contract",
    ]);
    expect(target.entries).toHaveLength(1);
  });

  describe("of migrations whose files are gone", () => {
    const lost =
      "migrations/main: there is no 0003-note-contract.json, but .async-db-starter/schema/main has what it makes, and so this code expects it; bring its files back from version control";
    const root = () => join(folder, "package");
    const snapshot = () => join(root(), ".async-db-starter/schema/main");

    /** A package whose snapshot has the marks of three migrations, and `migrations/main` the files of as many as are put there. */
    function marked(): void {
      mkdirSync(join(root(), "migrations/main"), { recursive: true });
      mkdirSync(snapshot(), { recursive: true });
      for (const id of ["0001-initial", "0002-note", "0003-note-contract"])
        writeFileSync(join(snapshot(), `${id}.migration`), "");
    }
    const inPackage = async (...argv: readonly string[]) => {
      const all = folder;
      folder = join(root(), "migrations/main");
      try {
        return await db(...argv, "--store", "main");
      } finally {
        folder = all;
      }
    };
    const putThere = (): void => {
      const all = folder;
      folder = join(root(), "migrations/main");
      files();
      folder = all;
    };

    test("each is named, and nothing is applied", async () => {
      marked();
      const { status, err } = await inPackage("migrate", "up");
      expect([status, target.entries]).toEqual([1, []]);
      expect(err.split("\n").filter((line) => line.includes("there is no"))).toHaveLength(3);
      putThere();
      for (const ending of ["json", "up.sql", "down.sql"])
        rmSync(join(root(), "migrations/main", `0003-note-contract.${ending}`));
      expect((await inPackage("migrate", "up")).err).toContain(lost);
      expect(target.entries).toEqual([]);
      for (const command of ["plan", "status"])
        expect(await inPackage("migrate", command)).toMatchObject({
          status: 1,
          err: expect.stringContaining(`main: problem ${lost}\n`),
        });
      expect((await inPackage("migrate", "deploy-check")).err).toContain(`main: finding ${lost}\n`);
    });

    test("one that the ledger has is told once", async () => {
      marked();
      putThere();
      await inPackage("migrate", "up");
      for (const ending of ["json", "up.sql", "down.sql"])
        rmSync(join(root(), "migrations/main", `0003-note-contract.${ending}`));
      const { err } = await inPackage("migrate", "up");
      expect(err).toContain(
        "drift: 0003-note-contract is applied, but there is no file of it here",
      );
      expect(err).not.toContain("so this code expects it");
    });
  });

  test("up tells its progress by tenths, and what is held", async () => {
    await inUse();
    const { status, out, err } = await db("migrate", "up", "--store", "main");
    expect([status, out]).toEqual([0, `main: applied 0002-note\n${held}`]);
    const lines = err.split("\n");
    expect(lines[0]).toBe("main: 0002-note fill: 0 of 95 rows, 0 %");
    expect(lines.at(-2)).toBe("main: 0002-note fill: 95 of 95 rows, 100 %");
    expect(lines).toHaveLength(12);
    expect(await db("migrate", "up", "--contract", "0003-note-contract")).toMatchObject({
      status: 0,
      out: "main: applied 0003-note-contract\nother: nothing to apply\n",
    });
  });

  test("up ends with 1 while something that the new code needs stands behind a held contract", async () => {
    await inUse();
    put("0004-more", { parents: ["0003-note-contract"] }, { up: "make d\n", down: "drop d\n" });
    const up = await db("migrate", "up", "--store", "main");
    expect([up.status, up.out]).toEqual([1, ""]);
    expect(up.err).toContain(
      `main: applied 0002-note\n${held}main: held 0004-more: stands on 0003-note-contract, which is held\n`,
    );
    expect(await db("migrate", "up", "--contract", "--store", "main")).toMatchObject({
      status: 0,
      out: "main: applied 0003-note-contract\nmain: applied 0004-more\n",
    });
  });

  test("what breaks off is told with what was done, goes on, and says so", async () => {
    files();
    target.failOn = "make b";
    const broken = await db("migrate", "up", "--json");
    expect([broken.status, JSON.parse(broken.out).stores]).toMatchObject([
      3,
      [{ store: "main", applied: ["0001-initial"], error: { message: "main: failed: Error" } }],
    ]);
    expect((await db("migrate", "status")).out).toContain(
      "main: half-way 0002-note at step b; migrate up goes on with it\n",
    );
    expect((await db("migrate", "verify")).err).toContain("0002-note is half-way");
    target.failOn = undefined;
    expect(await db("migrate", "up")).toMatchObject({
      status: 0,
      err: expect.stringMatching(/^main: going on with 0002-note at step b\n/),
    });
  });

  test("a batch that was killed goes on where it was", async () => {
    files();
    target.effectsLeft = 12;
    await db("migrate", "up");
    target.effectsLeft = Number.POSITIVE_INFINITY;
    const { out } = await db("migrate", "status");
    expect(out).toMatch(/half-way 0002-note at step fill, \d0 rows done; migrate up/);
    expect((await db("migrate", "up")).err).toMatch(
      /at step fill\nmain: 0002-note fill: \d0 of 95 rows/,
    );
    expect(target.filled).toHaveLength(95);
  });

  test("down --to, and what loses data only when it is named", async () => {
    files();
    await db("migrate", "up");
    const down = ["migrate", "down", "--store", "main", "--to", "0001-initial"];
    expect(await db(...down)).toMatchObject({
      status: 1,
      err: expect.stringContaining("0002-note: b (b is made): loses-data"),
    });
    expect(await db(...down, "--allow-destructive", "0002-note")).toMatchObject({
      status: 0,
      out: "main: reverted 0003-note-contract\nmain: reverted 0002-note\n",
    });
  });

  test("verify names drift; without a record it is a finding", async () => {
    expect(await db("migrate", "verify", "--store", "main")).toMatchObject({
      status: 1,
      err: expect.stringContaining("nothing to compare with"),
    });
    files();
    await db("migrate", "up");
    expect((await db("migrate", "verify", "--store", "main")).out).toBe(
      "main: as its migrations left it\n",
    );
    target.made.add("by hand");
    const { status, err } = await db("migrate", "verify", "--store", "main");
    expect([status, err]).toEqual([1, "main: drift added thing by hand\n"]);
  });

  test("accept: the way out of an edited migration", async () => {
    files();
    await db("migrate", "up");
    put("0001-initial", { phase: "expand" }, { up: "make x\n\n", down: "drop x\n" });
    expect((await db("migrate", "up")).err).toContain("migrate accept 0001-initial");
    expect(await db("migrate", "accept", "0001-initial")).toMatchObject({
      status: 2,
      err: "migrate accept needs --store: main, other\n",
    });
    expect(await db("migrate", "accept", "0001-initial", "--store", "main")).toMatchObject({
      status: 0,
      out: "main: accepted 0001-initial; the store stays as it is\n",
    });
    expect((await db("migrate", "status")).status).toBe(0);
  });

  test("deploy-check: exit 1 until the code may start", async () => {
    await inUse();
    expect(await db("migrate", "deploy-check")).toMatchObject({
      status: 1,
      err: expect.stringContaining(
        "main: this code may not start\nmain: finding 0002-note (expand) is not applied",
      ),
    });
    await db("migrate", "up");
    expect(await db("migrate", "deploy-check", "--running", "0002-note")).toMatchObject({
      status: 0,
      out: [
        "main: this code may start",
        "main: may run 0003-note-contract: all running code knows 0002-note: migrate up --contract 0003-note-contract",
        "other: this code may start\n",
      ].join("\n"),
    });
  });

  test.each([
    [["up", "--to", "0009-x"]],
    [["up", "--contract", "0009-x"]],
    [["deploy-check", "--running", "0009-x"]],
    [["down", "--store", "main", "--allow-destructive", "0009-x"]],
  ])("%j: an id that nobody knows is a wrong argument", async (argv) => {
    files();
    expect(await db("migrate", ...argv)).toMatchObject({
      status: 2,
      err: expect.stringContaining(
        "there is no migration 0009-x; there are: 0001-initial, 0002-note",
      ),
    });
    expect(target.entries).toEqual([]);
  });
});

describe("arguments", () => {
  test.each([
    [["--contract"], true],
    [["--contract", "0002-a"], ["0002-a"]],
    [
      ["--contract=0002-a", "--contract", "0003-b"],
      ["0002-a", "0003-b"],
    ],
    [["--contract", "--json"], true],
    [[], []],
  ])("%j", (given, contract) => {
    expect(parseCommand(["migrate", "up", ...given])?.options.contract).toEqual(contract);
  });
});

describe("progress", () => {
  const at = (done: number, total?: number, etaMs?: number) => ({
    kind: "progress" as const,
    migration: migration("0002-fill"),
    step: "fill",
    title: "fill",
    done,
    total,
    etaMs,
  });

  test("on a terminal it rewrites one line and ends it before the next", () => {
    let text = "";
    const lines = new ProgressLines((part) => (text += part), true);
    lines.show("main", at(0, 12_000));
    lines.show("main", at(6_000, 12_000, 90_000));
    lines.show("main", { kind: "waiting", migration: migration("0003-x"), attempt: 2 });
    lines.end();
    expect(text).toBe(
      "\r\u001b[2Kmain: 0002-fill fill: 0 of 12,000 rows, 0 %" +
        "\r\u001b[2Kmain: 0002-fill fill: 6,000 of 12,000 rows, 50 %, 2 min left\n" +
        "main: 0003-x got no lock (2 times); it tries again\n",
    );
  });

  test("without an estimate a line comes whenever the count has doubled", () => {
    let text = "";
    const lines = new ProgressLines((part) => (text += part), false);
    for (let done = 0; done <= 1_000; done += 100) lines.show("main", at(done));
    expect(text.split("\n").slice(0, -1)).toEqual(
      [0, 100, 200, 300, 600].map((done) => `main: 0002-fill fill: ${done} rows`),
    );
  });
});
