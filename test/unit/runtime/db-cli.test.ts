import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runDbCli, type DbCliLayer } from "../../../templates/runtime/db-cli.ts";
import { DataError, programmingError } from "../../../templates/runtime/errors.ts";
import { HealthMonitor, type HealthState } from "../../../templates/runtime/health.ts";
import { splitCommands } from "../../../templates/runtime/migration-commands.ts";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import type { StepText } from "../../../templates/runtime/migration.ts";
import { MemoryTarget } from "./memory-target.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "db-cli-"));
  writeFileSync(join(folder, "0001-initial.up.sql"), "make a\n");
  writeFileSync(join(folder, "0001-initial.down.sql"), "drop a\n");
  const hash = migrationHash("make a\n", "drop a\n");
  writeFileSync(
    join(folder, "0001-initial.json"),
    JSON.stringify({ id: "0001-initial", parents: [], hash }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function layer(stores: Readonly<Record<string, MemoryTarget>>, state: HealthState = "up") {
  const closed: string[] = [];
  const made: DbCliLayer = {
    stores: Object.entries(stores).map(([name, target]) => ({ name, target, folder })),
    health: new HealthMonitor([
      {
        name: "main",
        engine: "testdb",
        health: async () => ({ store: "main", engine: "testdb", state, latencyMs: 2 }),
      },
    ]),
    close: async () => void closed.push("closed"),
  };
  return { made, closed };
}

async function run(argv: readonly string[], open: () => DbCliLayer) {
  let out = "";
  let err = "";
  const status = await runDbCli({
    argv,
    open,
    write: (text) => (out += text),
    writeError: (text) => (err += text),
  });
  return { status, out, err };
}

describe("migrate", () => {
  test("status, up, status, down: readable, and closed each time", async () => {
    const main = new MemoryTarget();
    const { made, closed } = layer({ main });
    const said: unknown[] = [];
    for (const command of ["status", "up", "up", "status", "down", "down"]) {
      const { status, out } = await run(["migrate", command], () => made);
      said.push([status, out]);
    }
    expect(said).toEqual([
      [0, "main: pending 0001-initial\n"],
      [0, "main: applied 0001-initial\n"],
      [0, "main: nothing to apply\n"],
      [0, "main: applied 0001-initial at 2026-01-01T00:00:01.000Z\n"],
      [0, "main: reverted 0001-initial\n"],
      [0, "main: nothing to revert\n"],
    ]);
    expect(closed).toHaveLength(6);
  });

  test("up tells what the steps leave to do, and only what it applied", async () => {
    class Noted extends MemoryTarget {
      override split(text: string): readonly StepText[] {
        return super.split(text).map((step) => ({ ...step, note: "Then rebuild it." }));
      }
    }
    const steps = [{ name: "a", title: "a is made", transactional: true }];
    const [text, back] = ["-- step: a\nmake a\n", "-- step: a\ndrop a\n"];
    const noted = join(folder, "noted");
    mkdirSync(noted);
    writeFileSync(join(noted, "0001-initial.up.sql"), text);
    writeFileSync(join(noted, "0001-initial.down.sql"), back);
    const hash = migrationHash(text, back, steps);
    const record = JSON.stringify({ id: "0001-initial", parents: [], steps, hash });
    writeFileSync(join(noted, "0001-initial.json"), record);
    const { made } = layer({ main: new Noted() });
    const stores = made.stores.map((store) => ({ ...store, folder: noted }));
    const open = () => ({ ...made, stores });
    expect((await run(["migrate", "up"], open)).out).toBe(
      "main: applied 0001-initial\nmain:   Then rebuild it.\n",
    );
    expect((await run(["migrate", "up"], open)).out).toBe("main: nothing to apply\n");
  });

  test("a migration of commands says its notes as data", () => {
    const commands = [{ step: "a", note: "Rebuild it.", define: 1 }, { step: "a" }, { step: "b" }];
    expect(splitCommands(JSON.stringify(commands)).map(({ name, note }) => [name, note])).toEqual([
      ["a", "Rebuild it."],
      ["b", undefined],
    ]);
  });

  test("--json prints one document", async () => {
    const { made } = layer({ main: new MemoryTarget(), audit: new MemoryTarget() });
    const { out, err } = await run(["migrate", "up", "--json", "--store", "audit"], () => made);
    expect([JSON.parse(out), err]).toEqual([
      { stores: [{ store: "audit", applied: ["0001-initial"], held: [] }] },
      "",
    ]);
    const status = JSON.parse((await run(["migrate", "status", "--json"], () => made)).out);
    expect(status.stores).toMatchObject([
      { store: "main", applied: [], pending: ["0001-initial"], problems: [] },
      { store: "audit", applied: [{ id: "0001-initial" }], pending: [], problems: [] },
    ]);
  });

  test("down asks which store when there are several", async () => {
    const targets = { main: new MemoryTarget(), audit: new MemoryTarget() };
    const { made } = layer(targets);
    await run(["migrate", "up"], () => made);
    expect(await run(["migrate", "down"], () => made)).toMatchObject({
      status: 2,
      err: "migrate down needs --store: main, audit\n",
    });
    expect(await run(["migrate", "down", "--store", "audit"], () => made)).toMatchObject({
      status: 0,
      out: "audit: reverted 0001-initial\n",
    });
    expect(targets.main.entries).toHaveLength(1);
    expect(await run(["migrate", "up", "--store", "other"], () => made)).toMatchObject({
      status: 2,
    });
  });

  test("drift is a finding: status and up exit 1 and name it", async () => {
    const main = new MemoryTarget();
    main.entries = [{ id: "0009-gone", hash: "x", parents: [], appliedAt: new Date(0) }];
    const { made } = layer({ main });
    for (const command of ["status", "up"]) {
      const { status, err } = await run(["migrate", command], () => made);
      expect([status, err]).toEqual([1, expect.stringContaining("drift: 0009-gone")]);
    }
  });

  test("a store that cannot be reached is 3; an error of unknown origin keeps its text to itself", async () => {
    const down = new MemoryTarget();
    down.ledger = () =>
      Promise.reject(
        new DataError({ kind: "unavailable", message: "no connection", hint: "start it" }),
      );
    expect(await run(["migrate", "status"], () => layer({ down }).made)).toEqual({
      status: 3,
      out: "",
      err: "down: no connection\nstart it\n",
    });
    const fault = {
      kind: "programming",
      outcome: "not-applied",
      transient: false,
      fatal: true,
    } as const;
    const nowhere = {
      kind: "programming",
      message: "no such database",
      hint: "create it",
      fault,
    } as const;
    down.ledger = () => Promise.reject(new DataError(nowhere));
    expect(await run(["migrate", "status"], () => layer({ down }).made)).toEqual({
      status: 3,
      out: "",
      err: "down: no such database\ncreate it\n",
    });
    down.ledger = () => Promise.reject(new Error("testdb://app:s3cret@h"));
    expect(await run(["migrate", "status"], () => layer({ down }).made)).toEqual({
      status: 3,
      out: "",
      err: "down: failed: Error\n",
    });
  });
});

describe("arguments and configuration", () => {
  test.each([
    [[], ""],
    [["migrate"], "unknown command migrate\n"],
    [["migrate", "sideways"], "unknown command migrate sideways\n"],
    [["health", "--nonsense"], "unknown option --nonsense\n"],
    [["migrate", "up", "extra"], "migrate up takes no extra\n"],
    [["migrate", "accept"], "migrate accept needs the id of a migration\n"],
    [["views", "rebuild", "--fresh"], "views rebuild needs the name of a view\n"],
    [["migrate", "status", "--to", "0001-initial"], "migrate status takes no --to\n"],
    [["migrate", "down", "--contract"], "migrate down takes no --contract\n"],
    [
      ["migrate", "down", "--allow-destructive"],
      "--allow-destructive needs the id of a migration\n",
    ],
    [["migrate", "up", "--to", "--json"], "--to needs the id of a migration\n"],
    [["migrate", "plan", "--store"], "--store needs the name of a store\n"],
    [["migrate", "partitions", "--ahead", "soon"], "--ahead needs a number of periods\n"],
  ])("%j says what is wrong, prints the usage and opens nothing", async (argv, said) => {
    const { status, err, out } = await run(argv, () => expect.unreachable());
    expect([status, out]).toEqual([2, ""]);
    expect(err.slice(0, err.indexOf("migrate up [--to"))).toBe(`${said}usage: `);
  });

  test.each([
    [["migrat", "up"], "migrat up"],
    [["migrate", "sideways"], "migrate sideways"],
    [["status"], "status"],
  ])("%j: a command that is none is named", async (argv, named) => {
    const { status, err } = await run(argv, () => expect.unreachable());
    expect([status, err.split("\n")[0]]).toEqual([2, `unknown command ${named}`]);
  });

  test("health of a store that is none is refused", async () => {
    const { made } = layer({ main: new MemoryTarget() });
    expect(await run(["health", "--store", "mian"], () => made)).toEqual({
      status: 2,
      out: "",
      err: "there is no store mian; there are: main\n",
    });
    expect(await run(["health", "--store", "main"], () => made)).toMatchObject({ status: 0 });
  });

  test("an option that no command has is named", async () => {
    const { status, err } = await run(["migrate", "up", "--contarct"], () => expect.unreachable());
    expect(status).toBe(2);
    expect(err).toMatch(/^unknown option --contarct\nusage: /);
  });

  test("a wrong DSN is 2, with its mend", async () => {
    const open = () => {
      throw programmingError("MAIN_URL is not set", { hint: "for example MAIN_URL=testdb://h/db" });
    };
    expect(await run(["health"], open)).toEqual({
      status: 2,
      out: "",
      err: "MAIN_URL is not set\nfor example MAIN_URL=testdb://h/db\n",
    });
    const { out, status } = await run(["health", "--json"], open);
    expect([status, JSON.parse(out)]).toEqual([
      2,
      { error: { message: "MAIN_URL is not set", hint: "for example MAIN_URL=testdb://h/db" } },
    ]);
  });
});

describe("health", () => {
  test.each([
    ["up", 0, "main  up        2 ms\nready: yes\n"],
    ["degraded", 0, "main  degraded  2 ms\nready: yes\n"],
    ["starting", 1, "main  starting  2 ms\nready: no\n"],
    ["down", 3, "main  down      2 ms\nready: no\n"],
  ] as const)("%s exits %d", async (state, status, text) => {
    const said = await run(["health"], () => layer({}, state).made);
    expect([said.status, said.out + said.err]).toEqual([status, text]);
  });

  test("startup, as JSON", async () => {
    const { out } = await run(["health", "startup", "--json"], () => layer({}).made);
    expect(JSON.parse(out)).toMatchObject({
      probe: "startup",
      ok: true,
      stores: [{ store: "main", state: "up" }],
    });
  });
});

describe("a reader that has gone", () => {
  const script = `import { runDbCli } from ${JSON.stringify(new URL("../../../templates/runtime/db-cli.ts", import.meta.url))};
const report = { probe: "ready", ok: true, stores: [] };
const health = { ready: async () => report, startup: async () => report };
process.exitCode = await runDbCli({
  argv: process.argv.slice(1),
  open: () => ({ stores: [], health, close: async () => {} }),
});`;

  const ended = (closed: "stdout" | "stderr", argv: readonly string[]) =>
    new Promise<{ status: number | null; said: string }>((resolve, reject) => {
      const child = spawn(process.execPath, [
        "--no-warnings",
        "--input-type=module",
        "-e",
        script,
        "--",
        ...argv,
      ]);
      child[closed].destroy();
      let said = "";
      child[closed === "stdout" ? "stderr" : "stdout"].on("data", (data) => (said += String(data)));
      child.on("error", reject);
      child.on("close", (status) => resolve({ status, said }));
    });

  test.each([
    ["stdout", ["health"], 0],
    ["stderr", ["nonsense"], 2],
  ] as const)("of %s ends it quietly, with its own status", async (closed, argv, status) => {
    expect(await ended(closed, argv)).toEqual({ status, said: "" });
  });
});
