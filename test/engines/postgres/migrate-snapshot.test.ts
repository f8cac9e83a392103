/** `migrate verify` of a generated project names what is not as its snapshot says, also what the ledger has on record as it is. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onSharedServer } from "../../faults/postgres-server.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";
import { type DbRun, parcelSpec, snapshotProject } from "../snapshot-project.ts";

const tenants = parcelSpec().replace("    audit: true\n", "    audit: true\n    tenant: shopId\n");

await onSharedServer("migrate verify against the snapshot", (server) => {
  let project: GeneratedProject;
  let db: (...args: readonly string[]) => DbRun;
  let client: pg.Client;

  beforeAll(async () => {
    const { dsn } = await server.namespace();
    ({ project, db } = await snapshotProject("migrate-snapshot", tenants, dsn));
    client = new pg.Client({ connectionString: dsn });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    project.remove();
  });

  it("finds nothing in what its migration made", () => {
    expect(db("migrate", "up").status).toBe(0);
    expect(db("migrate", "verify")).toEqual({
      status: 0,
      out: "main: as its migrations left it\n",
      err: "",
    });
  });

  it("tells other defaults, checks, conditions and bodies from those of the snapshot, where nothing else differs", async () => {
    const [policy] = (
      await client.query<{ name: string }>(
        "select polname as name from pg_policy where polrelid = 'parcels'::regclass order by 1",
      )
    ).rows;
    const [history] = (
      await client.query<{ definition: string }>(
        "select pg_get_functiondef(oid) as definition from pg_proc where proname = 'parcels_record_history'",
      )
    ).rows;
    const taken = async (texts: readonly string[]): Promise<readonly string[]> => {
      for (const text of texts) await client.query(text);
      await client.query("update schema_migration set objects = null");
      expect(db("migrate", "up").status).toBe(0);
      return db("migrate", "verify").err.trimEnd().split("\n");
    };
    const lines = await taken([
      "alter table parcels alter column status set default 'sent'",
      "alter table parcels drop constraint parcels_grams_check, add constraint parcels_grams_check check (grams >= 2)",
      `alter policy "${policy?.name}" on parcels using (true)`,
      (history?.definition ?? "").replace("now(),", "clock_timestamp(),"),
    ]);
    expect(lines).toContain(
      "main: different column parcels.status: is text not null, with a default: 'sent', should be text not null, with a default: 'new'",
    );
    expect(lines).toContain(
      "main: different constraint parcels.parcels_grams_check: is check: grams >= 2, should be check: grams >= 1",
    );
    expect(lines.filter((line) => line.includes("different policy"))).toEqual([
      expect.stringMatching(/: is .*using … with check …: true with check .*current_tenant/),
    ]);
    expect(lines.filter((line) => line.includes("different function"))).toEqual([
      expect.stringMatching(
        /function parcels_record_history\(\): is function: text with the digest \w+, should be function: text with the digest \w+$/,
      ),
    ]);
    expect(lines).toHaveLength(4);
    const [own] = (
      await client.query<{ text: string }>(
        "select pg_get_expr(polwithcheck, polrelid) as text from pg_policy where polrelid = 'parcels'::regclass order by polname",
      )
    ).rows;
    const mended = await taken([
      "alter table parcels alter column status set default 'new'",
      // As it would stand there after a change of the column's type.
      "alter table parcels drop constraint parcels_grams_check, add constraint parcels_grams_check check (((grams)::bigint >= (1)::bigint))",
      `alter policy "${policy?.name}" on parcels using (${own?.text})`,
      history?.definition ?? "",
    ]);
    expect(mended).toEqual([""]);
  });

  const byHand = `drop index parcels_status_grams_idx;
alter table parcels alter column grams type bigint, alter column note set not null;
alter table parcels disable row level security;
alter table parcels drop constraint parcels_sender_id_fkey;
alter table senders drop constraint senders_email_key, alter column created_at drop default;
create index by_hand on parcels (note);
alter table parcels_history add column extra text;
alter table parcels disable trigger all;
drop table operation;`;

  it("names every index, column, constraint, policy, trigger and table behind its back, and what each should be", async () => {
    const policies = await client.query<{ name: string }>(
      "select polname as name from pg_policy where polrelid = 'parcels'::regclass order by 1",
    );
    const policy = policies.rows[0]?.name ?? "";
    await client.query(byHand);
    await client.query(`drop policy "${policy}" on parcels`);
    const { status, out, err } = db("migrate", "verify");
    expect([status, out]).toEqual([1, ""]);
    const lines = err.trimEnd().split("\n");
    for (const line of [
      "main: drift dropped index parcels_status_grams_idx",
      "main: drift changed column parcels.grams: is bigint not null, should be integer not null",
      "main: drift changed column parcels.note: is text not null, should be text",
      "main: drift changed table parcels: is without row-level security, should be with row-level security, forced",
      "main: drift dropped constraint parcels.parcels_sender_id_fkey",
      "main: drift dropped constraint senders.senders_email_key",
      "main: drift changed column senders.created_at: is timestamp(3) with time zone not null, should be timestamp(3) with time zone not null, with a default",
      "main: drift added index by_hand",
      "main: drift added column parcels_history.extra",
      "main: drift dropped table operation",
      `main: drift dropped policy parcels.${policy}`,
    ])
      expect(lines).toContain(line);
    expect(
      lines.filter((line) => /drift changed trigger .*: is disabled, should be enabled/.test(line))
        .length,
    ).toBeGreaterThan(0);
    const { stores } = JSON.parse(db("migrate", "verify", "--json").out);
    expect(stores[0].differences).toContainEqual({
      object: "index parcels_status_grams_idx",
      is: null,
      should: "btree (status, grams desc)",
    });
  });

  it("still names what the ledger takes for granted: a record that was made after the change", async () => {
    await client.query("update schema_migration set objects = null");
    expect(db("migrate", "verify").err).toContain("main: nothing to compare with");
    expect(db("migrate", "up").status).toBe(0);
    const { status, err } = db("migrate", "verify");
    expect(status).toBe(1);
    const lines = err.trimEnd().split("\n");
    expect(lines).toContain("main: missing index parcels_status_grams_idx");
    expect(lines).toContain("main: missing table operation");
    expect(lines).toContain(
      "main: different column parcels.grams: is bigint not null, should be integer not null",
    );
    expect(lines).toContain(
      "main: different table parcels: is without row-level security, should be with row-level security, forced",
    );
    // What is there besides may be a migration's that was written by hand.
    expect(err).not.toContain("by_hand");
  });

  it("says so where the snapshot does not come along", () => {
    const folder = join(project.folder, ".async-db-starter");
    renameSync(folder, `${folder}-away`);
    expect(db("migrate", "verify")).toEqual({
      status: 0,
      out: "main: as its migrations left it\nmain: not compared with the snapshot: there is no .async-db-starter/schema/main here\n",
      err: "",
    });
    renameSync(`${folder}-away`, folder);
  });

  it("leaves out what waiting migrations touch, and says which", () => {
    expect(project.read(".async-db-starter/schema/main/parcels.json")).toContain('"grams"');
    project.write(
      "migrations/main/0002-later.json",
      `${project.read("migrations/main/0001-initial.json").replaceAll("0001-initial", "0002-later").replace('"parents": []', '"parents": ["0001-initial"]')}`,
    );
    for (const role of ["up", "down"] as const)
      project.write(
        `migrations/main/0002-later.${role}.sql`,
        project.read(`migrations/main/0001-initial.${role}.sql`),
      );
    const { out } = db("migrate", "verify");
    expect(out).toContain(
      "main: not compared with the snapshot: parcels, which waits for 0002-later",
    );
    expect(out).not.toContain("different");
  });
});

describe("in process", () => {
  it("finds what was changed in the folder of an embedded store", async () => {
    const { PGlite } = await import("@electric-sql/pglite");
    const { project, db } = await snapshotProject(
      "migrate-snapshot-embedded",
      parcelSpec(),
      "pglite:./.data/parcels",
    );
    expect(db("migrate", "up").status).toBe(0);
    expect(db("migrate", "verify")).toMatchObject({
      status: 0,
      out: "main: as its migrations left it\n",
    });
    const embedded = await PGlite.create(join(project.folder, ".data/parcels"));
    await embedded.exec(
      "drop index parcels_status_grams_idx; alter table parcels alter column note type varchar(9)",
    );
    await embedded.close();
    const { status, err } = db("migrate", "verify");
    expect(status).toBe(1);
    expect(err).toContain("main: drift dropped index parcels_status_grams_idx\n");
    expect(err).toContain(
      "main: drift changed column parcels.note: is character varying(9), should be text\n",
    );
    project.remove();
  }, 120_000);
});
