import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { introspect } from "../../../src/engines/postgres/introspect/read.ts";
import { cell } from "../../support/closing-table.ts";
import { cli } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { baselineProject, type BaselineProject } from "./baseline-project.ts";

const server = await sharedServer("postgres");
const spaces: readonly Namespace[] = isMissing(server)
  ? []
  : [await server.namespace(), await server.namespace()];
const proof = { port: "migrations", engine: columnOf(server), method: "baseline of hostile names" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Names and texts that mean something in SQL, YAML, TypeScript or a comment of one of them. */
const hostile = [
  `a"b`,
  `x'; drop table "users"; --`,
  "two\nlines: [yes]",
  "*/ alert(1) /*",
  "`${process.exit(1)}`",
  "# not a comment",
  "{ a: b }",
  "- item",
  "!!js/function x",
  "null",
  "ünïcödé \u202e rtl",
  "😀",
  "$$",
  "%s %I",
  "\\",
  "z".repeat(63),
];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string =>
  `E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n")}'`;

const schema = [
  "create table users (id int primary key)",
  ...hostile.flatMap((name, at) => [
    `create type ${quoted(`${name}`.slice(0, 20) + at)} as enum (${text(name.slice(0, 30))}, 'plain')`,
    `create table ${quoted(name)} (id int constraint ${quoted(name.slice(0, 40) + at)} primary key, ${quoted(`${name}`.slice(0, 30))} text default ${text(name)},
      kind ${quoted(`${name}`.slice(0, 20) + at)}, owner int constraint ${quoted(`f${name}`.slice(0, 40))} references users,
      constraint ${quoted(`c${name}`.slice(0, 40))} check (kind <> ${text(name.slice(0, 30))}))`,
    `create index ${quoted(`i${at}${name}`.slice(0, 40))} on ${quoted(name)} (owner) where ${quoted(`${name}`.slice(0, 30))} <> ${text(name)}`,
    `comment on table ${quoted(name)} is ${text(name)}`,
    `comment on column ${quoted(name)}.${quoted(`${name}`.slice(0, 30))} is ${text(name)}`,
  ]),
  `create table "$1" (id int primary key)`,
  "create type order_state as enum ('new', 'old')",
  "create table orders (id int primary key, status order_state, class int, new_id int)",
  "create table order_statuses (id int primary key)",
  "create table order_ids (id int primary key)",
  "create table people (id int primary key)",
  "create table person (id int primary key)",
  "create table transactions (id int primary key)",
  "create table transaction (id int primary key)",
  `create table holder ("{0}" int, id int primary key)`,
].join(";\n");

describe.skipIf(spaces.length === 0)(
  "migrate baseline of hostile names",
  { timeout: 240_000 },
  () => {
    const [space, other] = spaces;
    if (space === undefined || other === undefined) return;
    let made: BaselineProject | undefined;
    afterEach(async ({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
      await made?.end();
    });
    afterAll(async () => {
      for (const each of spaces) await each.drop();
    });

    it("carries every name and text as data, and makes the same schema again", async () => {
      made = await baselineProject("baseline-hostile", space.dsn, schema);
      const before = await introspect(made.query);
      expect(await made.baseline()).toBe(0);
      expect(await made.diff()).toMatchObject({ migrations: [] });
      for (const command of ["generate", "check"]) {
        const { status, stdout, stderr } = await cli(made.project.folder, command);
        expect(status, `${command}: ${stdout}${stderr}`).toBe(0);
      }
      const checked = spawnSync(
        join(root, "node_modules/.bin/tsc"),
        ["--noEmit", "-p", "tsconfig.json"],
        { cwd: made.project.folder, encoding: "utf8" },
      );
      expect(checked.stdout).toBe("");
      const spec = made.project.read("workloads.yaml");
      expect(spec).toContain("table $1: its name cannot stand in a statement");
      expect(spec).toContain("column {0} has a name that cannot stand in a statement");
      await made.client.query("create schema fresh; set search_path = fresh");
      await made.client.query(
        `begin; ${made.project.read("migrations/main/0001-baseline.up.sql")}; commit`,
      );
      expect(catalogueDifferences(await introspect(made.query), before)).toEqual([]);
    });

    it("refuses a database whose own table has the name of the operation ids", async () => {
      made = await baselineProject(
        "baseline-operation",
        other.dsn,
        "create table operation (id int primary key, surgeon text)",
      );
      await expect(made.baseline()).rejects.toThrow(
        'the database has a table "operation" of its own',
      );
      expect(await made.query("select to_regclass('schema_migration')::text")).toEqual([[null]]);
    });
  },
);
