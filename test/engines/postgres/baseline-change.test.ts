import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run as rehearseRun } from "../../../src/cli/commands/migrate/rehearse.ts";
import { run as diffRun } from "../../../src/cli/commands/migrate/diff.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { dsn as rules } from "../../../src/engines/postgres/dsn.ts";
import { live } from "../../../src/engines/postgres/introspect/live.ts";
import { introspect } from "../../../src/engines/postgres/introspect/read.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const spaces: readonly Namespace[] = isMissing(server)
  ? []
  : [await server.namespace(), await server.namespace()];
const proof = { port: "migrations", engine: columnOf(server), method: "a change after baseline" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

/** Names of constraints as people give them, none of them ours. */
const schema = `
create table makers (maker_no serial constraint pk_makers primary key, name varchar(40) not null constraint uq_makers_name unique);
create table cars (
  id integer constraint pk_cars primary key, maker integer not null constraint fk_cars_maker references makers,
  doors smallint not null default 4 constraint doors_sane check (doors > 0 and doors < 9), colour text
);
create index cars_by_maker on cars (maker);
create view red_cars as select id from cars where colour = 'red';
insert into makers (name) values ('Steyr'), ('Puch');
insert into cars values (1, 1, 4, 'red'), (2, 2, 2, null);
`;

describe.skipIf(spaces.length === 0)("a change of an adopted schema", { timeout: 120_000 }, () => {
  const [space, empty] = spaces;
  if (space === undefined || empty === undefined) return;
  let made: BaselineProject;
  beforeAll(async () => {
    made = await baselineProject("baseline-change", space.dsn, schema);
    expect(await made.baseline()).toBe(0);
  });
  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(async () => {
    await made.end();
    for (const each of spaces) await each.drop();
  });

  it("finds the constraints by the names that they have", async () => {
    const spec = made.project.read("workloads.yaml");
    expect(spec).toContain("makers_name_key: uq_makers_name");
    expect(spec).toContain("cars_maker_fkey: fk_cars_maker");
    made.project.write(
      "workloads.yaml",
      spec
        .replace("unique: true, ", "")
        .replace("      makers_name_key: uq_makers_name\n", "")
        .replace(/ {4}checks:\n {6}.*\n/, "")
        .replace(/ {6}"?cars_\w+_check"?: doors_sane\n/, "")
        .replace(
          "colour: { type: text, nullable: true }",
          "colour: { type: text, nullable: true }\n      plate: { type: string, max: 12, nullable: true }",
        )
        .replace(/ +listByName: .*\n/, ""),
    );
    const at = made.context(true);
    expect(await diffRun(at, "plates", {}), at.out.join("")).toBe(0);
    const { migrations } = JSON.parse(at.out.join("")) as { migrations: { id: string }[] };
    expect(migrations.length).toBeGreaterThan(0);
    const text = migrations
      .map(({ id }) => made.project.read(`migrations/main/${id}.up.sql`))
      .join();
    expect(text).toContain("drop constraint uq_makers_name");
    expect(text).toContain("drop constraint doors_sane");
    expect(text).toContain("add column plate");
  });

  it("rehearses it over generated rows, on the schema of the baseline", async () => {
    const at = made.context(true);
    const status = await rehearseRun(at, "plates", { rows: "40", dsn: empty.dsn });
    expect(JSON.parse(at.out.join("")).stores[0]).toMatchObject({
      findings: [],
      filled: expect.arrayContaining([
        { part: "cars", rows: 40 },
        { part: "makers", rows: 40 },
      ]),
    });
    expect(status).toBe(0);
  });

  it("migrates the live schema, and keeps its rows and what the spec does not name", async () => {
    const store = await live.open(parseDsn(space.dsn, rules), made.project.folder);
    const migrations = await readMigrations(`${made.project.folder}/migrations/main`);
    await migrateUp(store.target, migrations, { contract: true });
    await store.close();
    const { tables, views } = await introspect(made.query);
    expect(views.map(({ name }) => name)).toEqual(["red_cars"]);
    const cars = tables.find(({ name }) => name === "cars");
    expect(cars?.constraints.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["pk_cars", "fk_cars_maker"]),
    );
    expect(await made.query("select id, doors, colour, plate from cars order by id")).toEqual([
      [1, 4, "red", null],
      [2, 2, null, null],
    ]);
    expect((await cli(made.project.folder, "generate")).status).toBe(0);
    expect(await made.diff()).toMatchObject({ migrations: [] });
  });
});
