/** `migrate baseline` on a schema that other tools made: what it says, what it leaves alone, and the first change after it. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run as runBaseline } from "../../../src/cli/commands/migrate/baseline.ts";
import { run as runDiff } from "../../../src/cli/commands/migrate/diff.ts";
import { run as runRehearsal } from "../../../src/cli/commands/migrate/rehearse.ts";
import { mariadbDialect, mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { liveOf } from "../../../src/engines/mysql/introspect/live.ts";
import { dsnOf } from "../../../src/engines/mysql/dsn.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { migrateDown, migrateDownTo, migrateUp } from "../../../templates/runtime/migrate.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import { type AdoptedProject, adoptedProject } from "../../support/adopted-project.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { type SchemaLab, schemaLab } from "./schema-lab.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const garage = readFileSync(new URL("garage.sql", import.meta.url), "utf8");

for (const dialect of [mysqlDialect, mariadbDialect]) {
  const engine = dialect.name;
  const server = await sharedServer(engine);
  const proof = { port: "migrations", engine: columnOf(server), method: "baseline" };
  if (isMissing(server)) {
    cell(proof, { kind: "not proven", why: server.reason });
    continue;
  }
  describe(`migrate baseline on ${engine}`, { timeout: 240_000 }, () => {
    let space: Namespace;
    let lab: SchemaLab;
    let made: AdoptedProject;

    /** Everything that `show create` and the rows say; the ledger apart. */
    const contents = async (): Promise<Record<string, unknown>> => {
      const found: Record<string, unknown> = {};
      const tables = await lab.rows(
        "select table_name, table_type from information_schema.tables where table_schema = database() and table_name <> 'schema_migration' order by 1",
      );
      for (const [name, type] of tables) {
        const [row] = await lab.rows(`show create table \`${name}\``);
        found[`${type} ${name}`] = row?.[1];
        found[`rows of ${name}`] = await lab.rows(`select * from \`${name}\` order by 1`);
      }
      found["triggers"] = await lab.rows(
        "select trigger_name, action_statement from information_schema.triggers where trigger_schema = database()",
      );
      return found;
    };

    beforeAll(async () => {
      space = await server.namespace();
      lab = await schemaLab(space.dsn, engine);
      await lab.run(garage);
      made = adoptedProject(`baseline-${engine}`, space.dsn);
    });
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    afterAll(async () => {
      await lab.close();
      made.project.remove();
      await space.drop();
    });

    it("writes a spec and a ledger entry, and changes nothing else of the database", async () => {
      const before = await contents();
      const at = made.context();
      expect(await runBaseline(at, { store: "main" }), at.out.join("")).toBe(0);
      expect(await contents()).toEqual(before);
      expect(await lab.rows("select id, dirty from schema_migration")).toEqual([
        ["0001-baseline", 0],
      ]);
      expect(at.out.join("")).not.toContain(space.dsn);
      expect(at.out.join("")).toContain("8 entities of what is there");
    });

    it("says each table in words that lead back to it, and names what has none", () => {
      const spec = made.project.read("workloads.yaml");
      for (const left of [
        "views: cheap_cars, a_very_cheap",
        "procedures: forget",
        "functions: doubled",
        "events: forget_daily",
        "trigger log_price (after update)",
        "column weight_t is computed as",
        "column label is computed as",
        "column spot is a point",
        "index by_story holds the first 20 characters of story",
        "foreign key repairs_stay does not hold a key of one column",
        "table settings: MyISAM has no transactions",
      ])
        expect(spec).toContain(left);
      expect(spec.includes("index by_car descends")).toBe(engine === "mariadb");
    });

    it.each([
      `id: { type: bigint, key: true, generated: database, stored: { type: "bigint unsigned" } }`,
      `maker: { type: bigint, stored: { type: "int unsigned" }, references: Maker }`,
      `doors: { type: int, default: 4, stored: { type: "tinyint unsigned" } }`,
      `price: { type: decimal, precision: 10, scale: 2, nullable: true, default: "0.00", stored: { type: "decimal(10,2) unsigned" } }`,
      `sold: { type: boolean, default: false }`,
      `extras: { type: json, nullable: true }`,
      `colourKnown: "\`plate\` <> 'it`,
      `{ name: by_car, fields: [carId, "-at"] }`,
      `{ name: ft_story, fields: [story], method: fulltext }`,
      `people_email_key: "people e-mail"`,
      `rating: { type: enum, values: [low, mid, high], default: mid, stored: { type: "enum('low','mid','high') character set`,
      `onDelete: set-null } # its foreign key is on update cascade`,
      `stored: { type: datetime, default: "current_timestamp on update current_timestamp" }`,
      `motto: { type: string, max: 255, default: "it's"`,
    ])("says %s", (line) => {
      expect(made.project.read("workloads.yaml")).toContain(line);
    });

    it("leaves nothing for migrate diff", async () => {
      expect(await made.diff()).toMatchObject({ migrations: [] });
    });

    it("rehearses what the data layer wants besides, with rows in every table", async () => {
      const empty = await server.namespace();
      const at = made.context(true);
      const status = await runRehearsal(at, undefined, { rows: "20", dsn: empty.dsn });
      await empty.drop();
      const [report] = JSON.parse(at.out.join("")).stores;
      expect(report.findings).toEqual([]);
      expect(status).toBe(0);
      expect(report.change).toEqual(["0002-data-layer"]);
      expect(report.filled.map(({ rows }: { rows: number }) => rows)).toEqual(Array(9).fill(20));
    });

    it("gives a spec that plan, generate and check accept, and code that type-checks", async () => {
      for (const command of ["plan", "generate", "check"]) {
        const { status, stdout, stderr } = await cli(made.project.folder, command);
        expect(status, `${command}: ${stdout}${stderr}`).toBe(0);
      }
      const checked = spawnSync(
        join(root, "node_modules/.bin/tsc"),
        ["--noEmit", "-p", "tsconfig.json"],
        { cwd: made.project.folder, encoding: "utf8" },
      );
      expect(checked.stdout).toBe("");
      expect(checked.status).toBe(0);
    });

    const command = (...args: readonly string[]): string =>
      execFileSync(process.execPath, ["--no-warnings", "--env-file=.env", ...args], {
        cwd: made.project.folder,
        encoding: "utf8",
      });

    it("reads and writes the rows that were there, by generated code", async () => {
      writeFileSync(join(made.project.folder, ".env"), `MAIN_URL=${space.dsn}\n`);
      expect(command("src/data/cli.ts", "migrate", "up")).toContain("0002-data-layer");
      expect(command("src/data/cli.ts", "migrate", "verify")).toContain(
        "as its migrations left it",
      );
      made.project.write("use.ts", useGarage);
      expect(JSON.parse(command("use.ts"))).toEqual({
        makers: [
          ["Puch", "mid", null],
          ["Steyr", "high", "old,rare"],
        ],
        car: ["9500.50", 4, { radio: true }, true],
        made: ["W-3", "12.50", 1001],
        numbered: true,
        replayed: true,
        owner: ["W-3"],
        gone: true,
        stay: ["2026-01-02T03:04:05.678Z", 1.5],
        country: "Österreich",
      });
      expect(await lab.rows("select count(*) from price_log")).toEqual([[1]]);
    });

    it("makes a first change, by the names that are there, and keeps rows and what the spec does not name", async () => {
      const spec = made.project.read("workloads.yaml");
      made.project.write(
        "workloads.yaml",
        spec
          .replace(/ +doorsSane: .*\n/, "")
          .replace(/ +cars_doors_sane_check: .*\n/, "")
          .replace(/( +name: .type: string, max: 80), unique: true/, "$1")
          .replace("max: 80, unique: true", "max: 80")
          .replace(/ +constraints:\n +countries_name_key: .*\n/, "")
          .replace(/ +listByName: .*\n/, "")
          .replaceAll("[low, mid, high]", "[low, mid, high, top]")
          .replace("enum('low','mid','high')", "enum('low','mid','high','top')")
          .replace(/( +)(sold: .*\n)/, "$1$2$1colour: { type: string, max: 20, default: grey }\n"),
      );
      const at = made.context(true);
      expect(await runDiff(at, "colours", {}), at.out.join("")).toBe(0);
      const { migrations } = JSON.parse(at.out.join("")) as { migrations: { id: string }[] };
      const text = migrations
        .map(({ id }) => made.project.read(`migrations/main/${id}.up.sql`))
        .join("\n");
      expect(text).toMatch(/drop (?:check|constraint) doors_sane/);
      expect(text).toContain("drop key uq_country_name");
      expect(text).toContain("add column colour varchar(20)");
      expect(text).toContain("enum('low','mid','high','top')");
      const empty = await server.namespace();
      const rehearsal = made.context(true);
      await runRehearsal(rehearsal, "colours", { rows: "20", dsn: empty.dsn });
      await empty.drop();
      expect(JSON.parse(rehearsal.out.join("")).stores[0].findings).toEqual([]);
      const linted = await cli(made.project.folder, "migrate", "lint");
      expect(linted.status, linted.stdout + linted.stderr).toBe(0);
      expect(command("src/data/cli.ts", "migrate", "up", "--contract")).toContain("colours");
      expect(await lab.rows("select plate, doors, colour from cars order by id limit 2")).toEqual([
        ["W-1", 4, "grey"],
        ["W-2", 2, "grey"],
      ]);
      expect(await lab.rows("select count(*) from a_very_cheap")).toHaveLength(1);
      expect(
        await lab.rows(
          "select trigger_name from information_schema.triggers where trigger_schema = database()",
        ),
      ).toEqual([["log_price"]]);
      expect(await lab.rows("select weight_t from cars where id = 1")).toEqual([["1.200"]]);
      const { status, stdout, stderr } = await cli(made.project.folder, "generate");
      expect(status, stdout + stderr).toBe(0);
      expect(await made.diff()).toMatchObject({ migrations: [] });
    });

    it("never takes the baseline back where it was adopted, and makes and takes it back elsewhere", async () => {
      const migrations = await readMigrations(`${made.project.folder}/migrations/main`);
      const first = migrations.filter(({ id }) => id === "0001-baseline");
      const store = await liveOf(dialect).open(
        parseDsn(space.dsn, dsnOf(engine)),
        made.project.folder,
      );
      const before = await contents();
      await migrateDownTo(store.target, migrations, {
        to: "0001-baseline",
        allowDestructive: true,
      });
      await expect(
        migrateDown(store.target, migrations, { allowDestructive: true }),
      ).rejects.toThrow("this store was adopted");
      expect(Object.keys(await contents())).toEqual(
        Object.keys(before).filter((name) => !name.endsWith(" operation")),
      );
      await store.close();
      const fresh = await server.namespace();
      const other = await liveOf(dialect).open(
        parseDsn(fresh.dsn, dsnOf(engine)),
        made.project.folder,
      );
      expect(await migrateUp(other.target, first)).toEqual(["0001-baseline"]);
      expect(await migrateDown(other.target, first, { allowDestructive: true })).toBe(
        "0001-baseline",
      );
      await other.close();
      await fresh.drop();
    });
  });
}

const useGarage = `
import { configFromEnv, openDataLayer } from "./src/data/index.ts";
const data = openDataLayer(configFromEnv(process.env));
const all = await data.makers.list({ limit: 10 });
const one = await data.cars.patch(1n, { price: "9500.5" });
const twice = { operation: "0199e8a0-0000-7000-8000-000000000001" };
const values = { maker: 1001n, plate: "W-3", price: "12.5" };
const made = await data.cars.insert(values, twice);
const same = await data.cars.insert(values, twice);
const owner = await data.cars.listByPlate({ plate: "w-3" }, { limit: 5 });
await data.cars.patch(made.id, { price: "13" });
await data.countries.patch("at", { name: "Österreich" });
const country = await data.countries.get("at");
const stays = await data.stays.list({ limit: 5 });
await data.cars.delete(made.id);
const gone = (await data.cars.get(made.id)) === undefined;
console.log(JSON.stringify({
  makers: all.items.map((maker) => [maker.name, maker.rating, maker.tags]).sort(),
  car: [one.price, one.doors, one.extras, one.story.startsWith("Once")],
  made: [made.plate, made.price, Number(made.maker)],
  numbered: made.id > 2n,
  replayed: same.id === made.id,
  owner: owner.items.map((car) => car.plate),
  gone,
  stay: [stays.items[0].beganAt.toISOString(), stays.items[0].fee],
  country: country.name,
}));
await data.close();
`;
