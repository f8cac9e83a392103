import { mkdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../../src/cli/commands/migrate/baseline.ts";
import { exitCode } from "../../../src/cli/exit-codes.ts";
import { Failure } from "../../../src/cli/failure.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const space: Namespace | undefined = isMissing(server) ? undefined : await server.namespace();
const proof = { port: "migrations", engine: columnOf(server), method: "baseline" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const schema = `
create table users (id bigint primary key, name text);
create table "Users" (id bigint primary key, "Name" text);
create table notes (id bigint primary key, user_id bigint references users, author bigint references "Users");
`;

describe.skipIf(space === undefined)(
  "migrate baseline without some tables",
  { timeout: 240_000 },
  () => {
    if (space === undefined) return;
    let made: BaselineProject;
    beforeAll(async () => {
      made = await baselineProject("baseline-except", space.dsn, schema);
    });
    beforeEach(async () => {
      await made.query("drop table if exists schema_migration");
      made.project.remove();
      mkdirSync(made.project.folder);
    });
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    afterAll(async () => {
      await made.end();
      await space.drop();
    });

    it("takes one of two that differ in case alone, and says how to take the other", async () => {
      expect(await made.baseline()).toBe(0);
      const spec = made.project.read("workloads.yaml");
      expect(spec).toContain(
        "table users: its name differs from that of Users in upper and lower case alone, which entities may not; to adopt it in place of that one: migrate baseline --except Users",
      );
      expect(spec).toContain("foreign key notes_user_id_fkey leads to a table that is no entity");
      expect(made.project.read("migrations/main/0001-baseline.up.sql")).toContain(
        "create table users (",
      );
      expect(await made.diff()).toMatchObject({ migrations: [] });
    });

    it("leaves out what it is told to, by the option of the command", async () => {
      const { status, stdout, stderr } = await cli(
        made.project.folder,
        "migrate",
        "baseline",
        space.dsn,
        "--except",
        "Users",
        "--except",
        "notes",
      );
      expect(status, stdout + stderr).toBe(0);
      const spec = made.project.read("workloads.yaml");
      expect(spec).toContain("table Users: left out by --except");
      expect(spec).toContain("table notes: left out by --except");
      expect(spec).toMatch(/^ {2}User:$/m);
      expect(spec).not.toMatch(/^ {2}Note:$/m);
    });

    it("refuses a name of no table, with those that there are", async () => {
      const failure: unknown = await run(made.context(), { store: "main", except: ["user"] }).catch(
        (error: unknown) => error,
      );
      if (!(failure instanceof Failure)) throw failure;
      expect(failure.exitCode).toBe(exitCode.input);
      expect(failure.message).toBe("--except user: the database has no such table");
      expect(failure.hint).toContain("Users, notes, users");
    });
  },
);
