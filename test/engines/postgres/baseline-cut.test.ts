import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../src/cli/commands/migrate/baseline.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = {
  port: "migrations",
  engine: columnOf(server),
  method: "baseline of keys",
};
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

/** Instants in microseconds, of which a `Date` keeps the milliseconds; and a key that is no key of the spec, to which others refer. */
const schema = `
create table readings (device int, at timestamptz, value float, primary key (device, at));
create table visits (at timestamp(6) primary key, note text);
create table plain (at timestamptz(3) primary key, seen timestamptz unique, note text);
create table marks (height double precision primary key, note text);
create table climbs (id bigint primary key, height double precision references marks);
insert into readings values (1, '2026-01-02 03:04:05.123456+00', 1), (1, '2026-01-02 03:04:05.123789+00', 2);
`;

describe.skipIf(space === undefined)(
  "keys whose values are cut when they are read",
  { timeout: 240_000 },
  () => {
    if (space === undefined) return;
    let made: BaselineProject;
    let told: string;
    beforeAll(async () => {
      made = await baselineProject("baseline-cut", space.dsn, schema);
      const context = made.context();
      expect(await run(context, { store: "main" })).toBe(0);
      told = context.out.join("");
      const { status, stdout, stderr } = await cli(made.project.folder, "generate");
      expect(status, stdout + stderr).toBe(0);
      made.project.write(".env", `MAIN_URL=${space.dsn}\n`);
    });
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    afterAll(async () => {
      await made.end();
      await space.drop();
    });

    it("have no method that would find nothing, which the spec and the command tell", () => {
      const spec = made.project.read("workloads.yaml");
      const [, access = ""] = spec.split("    access:\n");
      const methods = (entity: string): readonly string[] =>
        (new RegExp(`      ${entity}:\\n((?: {8}.*\\n)*)`).exec(access)?.[1] ?? "")
          .split("\n")
          .flatMap((line) => /^ {8}(\w+):/.exec(line)?.[1] ?? []);
      expect(methods("Reading")).toEqual(["list", "insert"]);
      expect(methods("Visit")).toEqual(["list", "insert"]);
      expect(methods("Plain")).toEqual(["get", "list", "listBySeen", "insert", "patch", "delete"]);
      expect(spec.match(/CUT TO MILLISECONDS when read/g)).toHaveLength(2);
      expect(spec).toContain(
        "Make its type timestamp(3) with time zone, or give the table another key",
      );
      expect(spec).toMatch(/ seen: .*# cut to milliseconds when read: a list by it finds only/);
      expect(told).toContain(
        "warning: Reading: no get, patch and delete by at: it keeps microseconds",
      );
      expect(told).toContain("warning: Visit: no get, patch and delete by at");
      expect(told).not.toContain("warning: Plain");
    });

    it("are listed whole, page by page", () => {
      made.project.write(
        "pages.ts",
        `import { configFromEnv, openDataLayer } from "./src/data/index.ts";
const data = openDataLayer(configFromEnv(process.env));
const seen: number[] = [];
let after: string | undefined;
do {
  const page = await data.readings.list({}, { limit: 1, ...(after !== undefined && { after }) });
  seen.push(...page.items.map(({ value }) => Number(value)));
  after = page.next ?? undefined;
} while (after !== undefined && seen.length < 5);
console.log(JSON.stringify(seen));
await data.close();
`,
      );
      const output = execFileSync(
        process.execPath,
        ["--no-warnings", "--env-file=.env", "pages.ts"],
        { cwd: made.project.folder, encoding: "utf8" },
      );
      expect(JSON.parse(output)).toEqual([1, 2]);
    });

    it("a key of floating point is none of the spec, and neither is what refers to it", () => {
      const spec = made.project.read("workloads.yaml");
      expect(spec).toMatch(/ {2}Mark:\n {4}keyless: true/);
      expect(spec).toContain(
        "foreign key climbs_height_fkey leads to marks, whose key is none of the spec",
      );
    });
  },
);
