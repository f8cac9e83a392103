// Names that what went or was renamed before a baseline left free, or only seems to have left free: a table keeps the names of its key, its
// sequence and its indexes when it gets another one.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run as diffRun } from "../../../src/cli/commands/migrate/diff.ts";
import { dsn as rules } from "../../../src/engines/postgres/dsn.ts";
import { live } from "../../../src/engines/postgres/introspect/live.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { migrateUp } from "../../../templates/runtime/migrate.ts";
import { readMigrations } from "../../../templates/runtime/migration-files.ts";
import { cell } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();

const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "names freed before a baseline",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const schema = `
create table items (id serial primary key, title varchar(80) not null, note text, words text);
create index items_title_idx on items (title);
insert into items (title, note, words) values ('a', 'kept?', 'x'), ('b', null, 'y');
alter table items drop column note;
alter table items rename column words to body;
alter table items rename to things;
`;

describe.skipIf(space === undefined)("after a baseline", { timeout: 120_000 }, () => {
  if (space === undefined) return;
  let made: BaselineProject;
  beforeAll(async () => {
    made = await baselineProject("baseline-freed", space.dsn, schema);
    expect(await made.baseline()).toBe(0);
  });
  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(async () => {
    await made.end();
    await space.drop();
  });

  async function changed(name: string, edit: (spec: string) => string): Promise<string> {
    made.project.write("workloads.yaml", edit(made.project.read("workloads.yaml")));
    const at = made.context(true);
    const status = await diffRun(at, name, {});
    return status === 0 ? "" : at.out.join("");
  }

  const { dsn } = space;

  async function up(): Promise<void> {
    const store = await live.open(parseDsn(dsn, rules), made.project.folder);
    const migrations = await readMigrations(`${made.project.folder}/migrations/main`);
    try {
      await migrateUp(store.target, migrations, { contract: true });
    } finally {
      await store.close();
    }
  }

  it("columns take the names of those that went", async () => {
    expect(
      await changed("again", (spec) =>
        spec.replace(
          /( {6}body: .*\n)/,
          "$1      note: { type: int, nullable: true }\n      words: { type: string, max: 9, nullable: true }\n",
        ),
      ),
    ).toBe("");
    await up();
  });

  it("a table of the former name asks for another name of its key, and of an index", async () => {
    const item = (more: string): string =>
      `\n  Item:\n    timestamps: false\n    fields:\n      id: { type: int, key: true, generated: database }\n      title: { type: string, max: 80 }\n${more}workloads:`;
    const spec = made.project
      .read("workloads.yaml")
      .replace(/entities: \[(.*)\]/, "entities: [$1, Item]")
      .replace(/( {4}access:\n)/, "$1      Item: { get: {} }\n");
    const told = (more: string): Promise<string> =>
      changed("items", () => spec.replace("\nworkloads:", item(more))).catch(String);
    const index = "    indexes:\n      - { fields: [title] }\n";
    expect(await told(index)).toContain(
      'would both be the table or index of store main "items_title_idx"',
    );
    expect(await told("")).toMatch(
      /workloads\.yaml:\d+:\d+: items_pkey would be the name of an index or table of Thing and of Item; give that of Item another name: constraints: \{ items_pkey: … \}/,
    );
    expect(await told("    constraints: { items_pkey: items_key }\n")).toBe("");
    await up();
    await made.client.query("insert into items (title) values ('new')");
  });
});
