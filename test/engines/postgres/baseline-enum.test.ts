import { spawnSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run as diffRun } from "../../../src/cli/commands/migrate/diff.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "migrations", engine: columnOf(server), method: "values of an adopted enum" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const schema = `
create type "Ticket State" as enum ('a', 'b');
create table tickets (id bigint generated always as identity primary key, state "Ticket State" not null default 'a', word text not null);
create table replies (id bigint generated always as identity primary key, state "Ticket State" not null);
`;

describe.skipIf(space === undefined)("an enum type that was there", { timeout: 240_000 }, () => {
  if (space === undefined) return;
  let made: BaselineProject;
  let spec: string;
  beforeAll(async () => {
    made = await baselineProject("baseline-enum", space.dsn, schema);
    expect(await made.baseline()).toBe(0);
    made.project.write(".env", `MAIN_URL=${space.dsn}\n`);
    spec = made.project.read("workloads.yaml");
  });
  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(async () => {
    await made.end();
    await space.drop();
  });

  const node = (...words: readonly string[]) =>
    spawnSync(process.execPath, ["--no-warnings", "--env-file=.env", ...words], {
      cwd: made.project.folder,
      encoding: "utf8",
    });
  const values = (text: string): string => spec.replaceAll("values: [a, b]", `values: [${text}]`);

  it("gets the values that fields name from now on, each at its place", async () => {
    made.project.write(
      "workloads.yaml",
      values("z, a, m, b, c").replace("default: a", "default: c"),
    );
    const at = made.context(true);
    expect(await diffRun(at, "states", {}), at.out.join("")).toBe(0);
    const text = made.project.read("migrations/main/0003-states.up.sql");
    expect(text.match(/alter type .*;/g)).toEqual([
      `alter type "Ticket State" add value if not exists 'z' before 'a';`,
      `alter type "Ticket State" add value if not exists 'm' after 'a';`,
      `alter type "Ticket State" add value if not exists 'c' after 'b';`,
    ]);
    const lint = await cli(made.project.folder, "migrate", "lint");
    expect(lint.status, lint.stdout + lint.stderr).toBe(0);
    expect(lint.stdout).not.toContain("enum-value");
  });

  it("takes rows with them", async () => {
    const { status, stdout, stderr } = await cli(made.project.folder, "generate");
    expect(status, stdout + stderr).toBe(0);
    for (const command of ["up", "verify"]) {
      const ran = node("src/data/cli.ts", "migrate", command);
      expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    }
    expect(
      await made.query(
        `select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = '"Ticket State"'::regtype`,
      ),
    ).toEqual([["z,a,m,b,c"]]);
    made.project.write(
      "states.ts",
      `import { configFromEnv, openDataLayer } from "./src/data/index.ts";
const data = openDataLayer(configFromEnv(process.env));
const ticket = await data.main.tickets.insert({ word: "w" });
const changed = await data.main.tickets.patch(ticket.id, { state: "m" });
const reply = await data.main.replies.insert({ state: "z" });
console.log([ticket.state, changed?.state, reply.state].join());
await data.close();
`.replaceAll("data.main.", "data."),
    );
    const ran = node("states.ts");
    expect(ran.stdout + ran.stderr).toBe("c,m,z\n");
    expect(await made.diff()).toMatchObject({ migrations: [] });
  });

  it("is verified value by value", async () => {
    const verify = () => {
      const { status, stdout, stderr } = node("src/data/cli.ts", "migrate", "verify");
      return { status, lines: stdout + stderr };
    };
    await made.query(`alter type "Ticket State" rename value 'm' to 'n'`);
    const { status, lines } = verify();
    expect(status, lines).toBe(1);
    expect(lines).toContain("drift changed type Ticket State");
    expect(lines).toContain('missing type "Ticket State", value m');
    expect(lines).not.toContain("value a");
    await made.query(`alter type "Ticket State" rename value 'n' to 'm'`);
    expect(verify().status).toBe(0);
  });

  it("is not taken back without a word", () => {
    const refused = node("src/data/cli.ts", "migrate", "down");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("irreversible");
  });

  it("loses none: a value that no field names any more is asked about by name", async () => {
    made.project.write("workloads.yaml", values("z, a, b, c").replace("default: a", "default: c"));
    const { status, stdout, stderr } = await cli(made.project.folder, "migrate", "diff");
    expect(status).toBe(1);
    expect(stdout + stderr).toContain(
      `field state of tickets no longer names "m", and no value ever leaves the enum type "Ticket State"`,
    );
  });
});
