import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import { run, type RehearseOptions } from "../../../src/cli/commands/migrate/rehearse.ts";
import { createOutput } from "../../../src/cli/io.ts";
import type { RehearsalReport } from "../../../src/migrate/rehearse/rehearse.ts";
import { cell } from "../../support/closing-table.ts";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "migrations", engine: columnOf(server), method: "rehearsal" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const spec = `version: 1
project: parts
stores: { running: [postgres], names: { main: postgres } }
entities:
  Vendor:
    fields:
      id: { type: uuid, key: true }
      email: { type: string, max: 80, unique: true }
      kind: { type: enum, values: [maker, trader], default: maker }
  Part:
    fields:
      id: { type: int, key: true, generated: database }
      vendorId: { type: uuid, references: Vendor }
      name: { type: string, max: 40 }
      weight: { type: decimal, precision: 8, scale: 3, min: "0.001" }
      stock: { type: int, min: 0, max: 5000 }
      tags: { type: array, of: string, max: 5 }
    checks: { named: "char_length(name) > 2" }
workloads:
  parts:
    kind: transactional
    entities: [Vendor, Part]
    access: { Vendor: { get: {}, insert: {} }, Part: { get: {}, insert: {} } }
`;

interface Written {
  readonly name: string;
  readonly up: string;
  readonly down: string;
  readonly reversibility: "reversible" | "loses-data" | "irreversible";
  readonly destroys?: string;
}

describe("migrate rehearse", { timeout: 120_000 }, () => {
  let project: GeneratedProject;
  const folder = (): string => join(project.folder, "migrations/main");

  /** Puts a migration of one step beside the first one. */
  function write({ name, up, down, reversibility, destroys }: Written): void {
    const id = `0002-${name}`;
    const texts = [up, down].map((text) => `-- step: ${name}\n${text}\n`) as [string, string];
    const steps = [{ name, title: name, reversibility, risks: [], transactional: true, destroys }];
    const record = {
      id,
      parents: ["0001-initial"],
      hash: migrationHash(...texts, steps),
      phase: "expand",
      change: id,
      steps,
    };
    writeFileSync(join(folder(), `${id}.up.sql`), texts[0]);
    writeFileSync(join(folder(), `${id}.down.sql`), texts[1]);
    writeFileSync(join(folder(), `${id}.json`), JSON.stringify(record));
    written = id;
  }
  let written = "";

  async function rehearsed(
    options: RehearseOptions = {},
    name?: string,
  ): Promise<{
    status: number;
    report: RehearsalReport;
    reports: readonly RehearsalReport[];
  }> {
    const out: string[] = [];
    const io = {
      cwd: project.folder,
      env: {},
      interactive: false,
      out: (text: string) => out.push(text),
      err: (text: string) => out.push(text),
    };
    const flags = { spec: "workloads.yaml", cwd: ".", json: true, quiet: false, color: false };
    const status = await run({ io, output: createOutput(io, flags) }, name, {
      rows: "60",
      ...(space !== undefined && { dsn: space.dsn }),
      ...options,
    });
    const reports: readonly RehearsalReport[] = JSON.parse(out.join("")).stores;
    const [report] = reports;
    if (report === undefined) throw new Error(out.join(""));
    return { status, report, reports };
  }

  beforeAll(async () => {
    project = await generateProject("rehearse", spec);
  });
  afterEach(({ task }) => {
    if (space !== undefined)
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    for (const ending of ["up.sql", "down.sql", "json"])
      rmSync(join(folder(), `${written}.${ending}`), { force: true });
  });
  afterAll(async () => {
    project.remove();
    if (space !== undefined) {
      await space.drop();
    }
  });

  const honest: Written = {
    name: "split-stock",
    reversibility: "reversible",
    up: "alter table parts add column reserve integer not null default 0;\nalter table parts rename column stock to at_hand;\ncreate index parts_at_hand on parts (at_hand);",
    down: "drop index parts_at_hand;\nalter table parts rename column at_hand to stock;\nalter table parts drop column reserve;",
  };

  it("rehearses the first migration: the schema comes, goes and comes again", async () => {
    const { status, report } = await rehearsed();
    expect(report.findings).toEqual([]);
    expect(status).toBe(0);
    expect(report.stages.map(({ stage }) => stage)).toEqual(["before", "up", "down", "up again"]);
  });

  it("makes texts that are read as numbers by the change", async () => {
    write({
      name: "name-is-number",
      reversibility: "reversible",
      up: "alter table parts drop constraint if exists named, add column number bigint;\nupdate parts set number = nullif(name, '')::bigint;",
      down: "alter table parts drop column number;",
    });
    const { status, report } = await rehearsed({ dsn: "pglite:memory", rows: "40" });
    expect([status, report.findings]).toEqual([0, []]);
    expect(report.filled.find(({ part }) => part === "parts")?.rows).toBe(40);
  });

  it("tries every change, or those that a revision has not", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", [
        "-C",
        project.folder,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t",
        ...args,
      ]);
    git("init", "-q");
    git("add", "-A");
    git("commit", "-q", "-m", "base");
    write(honest);
    const changes = async (options: RehearseOptions) =>
      (await rehearsed({ dsn: "pglite:memory", rows: "5", ...options })).reports.map(
        ({ change }) => change,
      );
    expect(await changes({ all: true })).toEqual([["0001-initial"], [written]]);
    expect(await changes({ against: "HEAD" })).toEqual([[written]]);
  });

  it("passes an honest change in process, over rows in every table", async () => {
    write(honest);
    const { status, report } = await rehearsed({ dsn: "pglite:memory" });
    expect(report.findings).toEqual([]);
    expect(status).toBe(0);
    expect(report.filled.find(({ part }) => part === "parts")).toEqual({ part: "parts", rows: 60 });
    expect(report.filled.find(({ part }) => part === "vendors")).toEqual({
      part: "vendors",
      rows: 60,
    });
    expect(report.losses).toEqual([]);
  });

  it("finds the lie of a step that is classed reversible and drops values", async () => {
    write({
      name: "drop-weight",
      reversibility: "reversible",
      up: "alter table parts drop column weight;",
      down: "alter table parts add column weight numeric(8, 3) not null default 1 constraint parts_weight_check check (weight >= 0.001);\nalter table parts alter column weight drop default;\ncomment on column parts.weight is 'Weight.';",
    });
    const { status, report } = await rehearsed();
    expect(status).toBe(1);
    expect(report.findings).toEqual([
      "parts.weight: values changed in 60 rows after down, and no step says so",
    ]);
    expect(report.losses).toEqual([
      { part: "parts", column: "weight", rows: 60, what: "values changed", stage: "down" },
    ]);
  });

  it("takes the same loss from a step that tells of it", async () => {
    write({
      name: "drop-weight",
      reversibility: "loses-data",
      destroys: "parts.weight",
      up: "alter table parts drop column weight;",
      down: "alter table parts add column weight numeric(8, 3) not null default 1 constraint parts_weight_check check (weight >= 0.001);\nalter table parts alter column weight drop default;\ncomment on column parts.weight is 'Weight.';",
    });
    const { status, report } = await rehearsed();
    expect(report.findings).toEqual([]);
    expect(status).toBe(0);
    expect(report.losses).toMatchObject([{ column: "weight", rows: 60, told: "loses-data" }]);
  });

  it("finds a loss beside the one that is told", async () => {
    write({
      name: "cut",
      reversibility: "loses-data",
      destroys: "parts.weight",
      up: "update parts set name = 'gone' where id <= 10;",
      down: "select 1;",
    });
    const { report } = await rehearsed();
    expect(report.findings).toEqual([
      "parts.name: values changed in 10 rows after down, and no step says so",
    ]);
  });

  it("goes no way down where a step says that there is none", async () => {
    write({
      name: "without-vendors",
      reversibility: "irreversible",
      destroys: "vendors",
      up: "alter table parts drop constraint parts_vendor_id_fkey;\ndrop table vendors;",
      down: "",
    });
    const { status, report } = await rehearsed();
    expect(report.findings).toEqual([]);
    expect(status).toBe(0);
    expect(report.stages.map(({ stage }) => stage)).toEqual(["before", "up"]);
    expect(report.losses).toEqual([
      { part: "vendors", rows: 60, what: "rows gone", stage: "up", told: "irreversible" },
    ]);
  });

  it("names the migrations that there are when it is asked for another", async () => {
    await expect(rehearsed({}, "nothing")).rejects.toThrow("no migration nothing");
  });

  it("finds rows that a change deletes", async () => {
    write({
      name: "clean",
      reversibility: "reversible",
      up: "delete from parts where id <= 7;",
      down: "select 1;",
    });
    const { status, report } = await rehearsed();
    expect(status).toBe(1);
    expect(report.findings).toContain("parts: rows gone in 7 rows after up, and no step says so");
  });

  it("finds a down that leaves another schema, and one that fails", async () => {
    write({
      ...honest,
      down: "alter table parts rename column at_hand to stock;\nalter table parts drop column reserve;",
    });
    const left = await rehearsed();
    expect(left.report.findings).toContainEqual(
      "after down the schema is not as before: index parts_at_hand: is there, and should not be",
    );
    write({ ...honest, down: "drop table nowhere;" });
    const failed = await rehearsed();
    expect(failed.report.findings.join()).toContain("down fails: ");
    expect(failed.report.findings.join()).toContain('table "nowhere" does not exist');
  });

  it("tells an up that the generated rows stop", async () => {
    write({ ...honest, up: "alter table parts add constraint cheap check (stock < 3);" });
    const { report } = await rehearsed();
    expect(report.findings.join()).toContain("up fails: ");
    expect(report.stages.map(({ stage }) => stage)).toEqual(["before"]);
  });

  it.skipIf(space === undefined)("refuses a store that is not empty", async () => {
    const client = new pg.Client({ connectionString: space?.dsn ?? "" });
    await client.connect();
    await client.query("create table theirs (id integer)");
    await expect(rehearsed()).rejects.toThrow("not empty: table theirs");
    expect((await client.query("select * from theirs")).rowCount).toBe(0);
    await client.query("drop table theirs");
    await client.end();
  });

  it("leaves the migrations as they were", () => {
    expect(JSON.parse(readFileSync(join(folder(), "0001-initial.json"), "utf8")).id).toBe(
      "0001-initial",
    );
  });
});
