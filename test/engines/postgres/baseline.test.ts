import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../src/cli/commands/migrate/baseline.ts";
import { run as runDiff } from "../../../src/cli/commands/migrate/diff.ts";
import { run as runRehearsal } from "../../../src/cli/commands/migrate/rehearse.ts";
import type { CommandContext } from "../../../src/cli/context.ts";
import { createOutput } from "../../../src/cli/io.ts";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { introspect, type Query } from "../../../src/engines/postgres/introspect/read.ts";
import { cell } from "../../support/closing-table.ts";
import { cli, type GeneratedProject, projectFolder } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "migrations", engine: columnOf(server), method: "baseline" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const pagila = readFileSync(new URL("../../support/pagila.sql", import.meta.url), "utf8");
const root = fileURLToPath(new URL("../../../", import.meta.url));

describe.skipIf(space === undefined)("migrate baseline adopts Pagila", { timeout: 240_000 }, () => {
  if (space === undefined) return;
  let project: GeneratedProject;
  const client = new pg.Client({ connectionString: space.dsn });
  const query: Query = async (text) =>
    (await client.query<(string | null)[]>({ text, rowMode: "array" })).rows;

  /** Every row of every table, by table. */
  async function digests(): Promise<Record<string, string>> {
    const tables = await query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'm') and relname <> 'schema_migration' order by relname",
    );
    const found: Record<string, string> = {};
    for (const [table] of tables) {
      const [row] = await query(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') from "${table}" t`,
      );
      found[table ?? ""] = row?.[0] ?? "";
    }
    return found;
  }

  function context(...flags: readonly ("json" | "quiet")[]): CommandContext & { out: string[] } {
    const out: string[] = [];
    const io = {
      cwd: project.folder,
      env: { MAIN_URL: space?.dsn ?? "" },
      interactive: false,
      out: (text: string) => out.push(text),
      err: (text: string) => out.push(text),
    };
    const options = {
      spec: "workloads.yaml",
      cwd: ".",
      json: flags.includes("json"),
      quiet: flags.includes("quiet"),
      color: false,
    };
    return { io, output: createOutput(io, options), out };
  }

  beforeAll(async () => {
    await client.connect();
    await client.query(pagila);
    project = projectFolder("baseline-pagila");
  });

  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(async () => {
    await client.end();
    await space.drop();
    project.remove();
  });

  it("writes a spec, a snapshot and a ledger entry, and changes nothing else of the database", async () => {
    const [catalogue, rows] = [await introspect(query), await digests()];
    expect(rows["film"]).toMatch(/^2 /);
    const at = context();
    expect(await run(at, { store: "main" }), at.out.join("")).toBe(0);
    expect(
      catalogueDifferences(await introspect(query, { without: ["schema_migration"] }), catalogue),
    ).toEqual([]);
    expect(await digests()).toEqual(rows);
    expect(await query("select id, dirty::text from schema_migration")).toEqual([
      ["0001-baseline", "false"],
    ]);
    expect(project.read("workloads.yaml")).toContain("table: film\n");
    expect(readdirSync(join(project.folder, ".async-db-starter/schema/main")).sort()).toContain(
      "film.json",
    );
    expect(at.out.join("")).not.toContain(space.dsn);
  });

  it("refuses to run where a spec is", async () => {
    await expect(run(context(), { store: "main" })).rejects.toThrow(
      "workloads.yaml is already there",
    );
  });

  it("rehearses what it wants besides, with rows in all fifteen tables", async () => {
    const empty = await (isMissing(server) ? undefined : server.namespace());
    const at = context("json");
    const status = await runRehearsal(at, undefined, { rows: "40", dsn: empty?.dsn ?? "" });
    await empty?.drop();
    const [report] = JSON.parse(at.out.join("")).stores;
    expect(report.findings).toEqual([]);
    expect(status).toBe(0);
    expect(report.change).toEqual(["0002-data-layer"]);
    expect(report.filled.map(({ rows }: { rows: number }) => rows)).toEqual(Array(15).fill(40));
  });

  it("leaves nothing for migrate diff", async () => {
    const at = context("json");
    expect(await runDiff(at, undefined, {})).toBe(0);
    expect(JSON.parse(at.out.join(""))).toMatchObject({ migrations: [] });
  });

  it("gives a spec that plan, generate and check accept", async () => {
    for (const command of ["plan", "generate", "check"]) {
      const { status, stdout, stderr } = await cli(project.folder, command);
      expect(status, `${command}: ${stdout}${stderr}`).toBe(0);
    }
  });

  it("gives generated code and tests that type-check", () => {
    const types = join(root, "node_modules/.bin/tsc");
    const found = existsSync(join(project.folder, "tsconfig.json"));
    expect(found).toBe(true);
    const checked = spawnSync(types, ["--noEmit", "-p", "tsconfig.json"], {
      cwd: project.folder,
      encoding: "utf8",
    });
    expect(checked.stdout).toBe("");
    expect(checked.status).toBe(0);
  });

  it("migrates up to what the data layer wants besides, and reads and writes a film", async () => {
    writeFileSync(join(project.folder, ".env"), `MAIN_URL=${space.dsn}\n`);
    const output = execFileSync(
      process.execPath,
      ["--no-warnings", "--env-file=.env", "src/data/cli.ts", "migrate", "up"],
      { cwd: project.folder, encoding: "utf8" },
    );
    expect(output).toContain("0002-data-layer");
    for (const command of ["verify", "status"])
      execFileSync(
        process.execPath,
        ["--no-warnings", "--env-file=.env", "src/data/cli.ts", "migrate", command],
        { cwd: project.folder, encoding: "utf8" },
      );
    writeFileSync(join(project.folder, "film.ts"), useFilms);
    const printed = execFileSync(
      process.execPath,
      ["--no-warnings", "--env-file=.env", "film.ts"],
      {
        cwd: project.folder,
        encoding: "utf8",
      },
    );
    expect(JSON.parse(printed)).toEqual({
      first: ["ACADEMY DINOSAUR", "PG", 2006, "0.99", ["Deleted Scenes", "Behind the Scenes"]],
      made: ["NEW FILM", "R", 1999, "4.99", ["Trailers"]],
      byLanguage: ["ACADEMY DINOSAUR", "NEW FILM"],
      rating: "NC-17",
      gone: true,
      replayed: true,
    });
    const [row] = await query(
      "select rating, fulltext is null, last_update > now() - interval '1 minute' from film where film_id = 1",
    );
    expect(row?.[0]).toBe("PG");
  });
});

const useFilms = `
import { configFromEnv, openDataLayer } from "./src/data/index.ts";
const data = openDataLayer(configFromEnv(process.env));
const films = data.films;
const shown = (film) => [film.title, film.rating, film.releaseYear, film.rentalRate, film.specialFeatures];
const first = await films.patch(1, { rentalRate: "0.99" });
const made = await films.insert({ title: "NEW FILM", rating: "R", releaseYear: 1999, languageId: 1, specialFeatures: ["Trailers"] });
const page = await films.listByLanguageId({ languageId: 1 }, { limit: 10 });
const changed = await films.patch(made.filmId, { rating: "NC-17" });
const twice = { operation: "0199e8a0-0000-7000-8000-000000000001" };
const kept = await films.insert({ title: "ONCE", languageId: 2 }, twice);
const same = await films.insert({ title: "ONCE", languageId: 2 }, twice);
await films.delete(made.filmId);
const gone = (await films.get(made.filmId)) === undefined;
console.log(JSON.stringify({ first: shown(first), made: shown(made), byLanguage: page.items.map((film) => film.title), rating: changed.rating, gone, replayed: kept.filmId === same.filmId }));
await data.close();
`;
