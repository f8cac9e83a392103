import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { introspect, type Query } from "../../../src/engines/postgres/introspect/read.ts";
import { schemaSections } from "../../../src/engines/postgres/introspect/schema-text.ts";
import { cell } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const spaces: readonly Namespace[] = isMissing(server)
  ? []
  : [await server.namespace(), await server.namespace()];
const proof = { port: "migrations", engine: columnOf(server), method: "introspection" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const pagila = readFileSync(new URL("../../support/pagila.sql", import.meta.url), "utf8");

/** What Pagila has not. */
const oddities = `
create schema if not exists elsewhere;
create type pair as (a integer, b text);
create type spell as range (subtype = timestamptz);
create table parent (id integer generated always as identity primary key, "Odd ""name" varchar(7) collate "C" not null, twice integer generated always as (id * 2) stored);
create table heir (extra boolean default true) inherits (parent);
create table note (
  id uuid default gen_random_uuid() primary key,
  pair pair, during spell, amount numeric, code bit(3), at time, seq serial,
  parent_id integer references parent deferrable initially deferred,
  constraint positive check (amount > 0), exclude using gist (during with &&), unique nulls not distinct (code)
) with (fillfactor = 70);
create unlogged table scratch (a integer, b integer);
create unique index on note (lower(code::text)) include (amount) where amount < 10;
create index on scratch (a desc nulls last, b);
create statistics scratch_ab on a, b from scratch;
create rule nothing as on delete to scratch do instead nothing;
alter table scratch add constraint later check (a > b) not valid;
alter table note enable row level security, force row level security;
create policy mine on note as restrictive for update using (amount > 1) with check (amount > 2);
create view shown with (security_invoker = true) as select id, twice from parent;
comment on view shown is 'It''s shown';
comment on constraint positive on note is 'No gift';
comment on function last_updated() is 'Touches';
alter table actor disable trigger last_updated;`;

describe.skipIf(spaces.length === 0)("introspection of a live schema", () => {
  const clients = spaces.map(({ dsn }) => new pg.Client({ connectionString: dsn }));
  const connected = Promise.all(clients.map((client) => client.connect()));
  const [first, second] = clients;
  if (first === undefined || second === undefined) return;
  const queryOf =
    (client: pg.Client): Query =>
    async (text) =>
      (await client.query<(string | null)[]>({ text, rowMode: "array" })).rows;

  afterEach(({ task }) => {
    cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
  });
  afterAll(async () => {
    await connected;
    for (const client of clients) await client.end();
    for (const space of spaces) await space.drop();
  });

  it("reads what Pagila has", async () => {
    await connected;
    await first.query(pagila);
    const catalogue = await introspect(queryOf(first));
    expect(catalogue.tables.map(({ name }) => name)).toEqual(
      "actor address category city country customer film film_actor film_category inventory language payment payment_p2022_01 payment_p2022_02 payment_p2022_03 rental staff store".split(
        " ",
      ),
    );
    const film = catalogue.tables.find(({ name }) => name === "film");
    expect(film?.columns.find(({ name }) => name === "rating")).toEqual({
      name: "rating",
      type: "mpaa_rating",
      nullable: true,
      default: "'G'::mpaa_rating",
      inherited: false,
    });
    expect(film?.constraints.find(({ name }) => name === "film_language_id_fkey")?.target).toEqual({
      table: "language",
      columns: ["language_id"],
      onDelete: "restrict",
      onUpdate: "cascade",
    });
    expect(film?.indexes.find(({ name }) => name === "film_fulltext_idx")).toMatchObject({
      method: "gist",
      unique: false,
      keys: [{ column: "fulltext", descending: false }],
    });
    expect(catalogue.enums).toEqual([
      { name: "mpaa_rating", values: ["G", "PG", "PG-13", "R", "NC-17"] },
    ]);
    expect(catalogue.tables.find(({ name }) => name === "payment_p2022_01")?.partitionOf).toEqual({
      table: "payment",
      bound: "FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2022-02-01 00:00:00+00')",
    });
  });

  it("prints a schema that is equal when it is made again", async () => {
    await connected;
    await first.query("drop schema public cascade; create schema public; set search_path = public");
    await first.query(pagila);
    await first.query(oddities);
    const catalogue = await introspect(queryOf(first));
    const text = schemaSections(catalogue).flatMap(({ statements }) => statements);
    await second.query(`begin; ${text.join("\n")} commit`);
    expect(catalogueDifferences(await introspect(queryOf(second)), catalogue)).toEqual([]);
    expect(text.length).toBeGreaterThan(80);
  });

  it("finds no difference where only the order of columns differs, and names every other", async () => {
    await connected;
    const made = async (client: pg.Client, text: string): Promise<void> => {
      await client.query(
        "drop schema if exists side cascade; create schema side; set search_path = side",
      );
      await client.query(text);
    };
    await made(
      first,
      "create table t (a integer not null, b text default 'x', constraint t_pkey primary key (a)); create index t_b on t (b)",
    );
    await made(
      second,
      "create table t (b text default 'x', a integer not null, constraint t_pkey primary key (a)); create index t_b on t (b)",
    );
    const differences = async (): Promise<readonly string[]> =>
      catalogueDifferences(await introspect(queryOf(first)), await introspect(queryOf(second)));
    expect(await differences()).toEqual([]);
    await first.query(
      "alter table t alter b type varchar(9); drop index t_b; create index t_b on t (b desc) where a > 0; comment on table t is 'c'; alter table t add check (a > 1); create policy p on t using (a = 3)",
    );
    expect(await differences()).toMatchInlineSnapshot(`
      [
        "check t.t_a_check: is there, and should not be",
        "column t.b: type is character varying(9), not text",
        "index t_b: definition is CREATE INDEX t_b ON t USING btree (b DESC) WHERE a > 0, not CREATE INDEX t_b ON t USING btree (b)",
        "index t_b: keys is [{"column":"b","text":"b","descending":true,"nullsMoved":false}], not [{"column":"b","text":"b","descending":false,"nullsMoved":false}]",
        "index t_b: where is a > 0, not absent",
        "policy t.p: is there, and should not be",
        "table t: comment is c, not absent",
      ]
    `);
  });
});
