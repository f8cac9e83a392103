/** `migrate verify` of a generated project names what is not as its snapshot says, also what the ledger has on record as it is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cell } from "../../support/closing-table.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";
import { type DbRun, parcelSpec, snapshotProject } from "../snapshot-project.ts";
import { type SchemaLab, schemaLab } from "./schema-lab.ts";

for (const engine of ["mysql", "mariadb"] as const) {
  const server = await sharedServer(engine);
  const proof = { port: "migrations", engine: columnOf(server), method: "verify by snapshot" };
  if (isMissing(server)) {
    cell(proof, { kind: "not proven", why: server.reason });
    continue;
  }
  describe(`migrate verify against the snapshot on ${engine}`, { timeout: 120_000 }, () => {
    let project: GeneratedProject;
    let db: (...args: readonly string[]) => DbRun;
    let space: Namespace;
    let lab: SchemaLab;

    beforeAll(async () => {
      space = await server.namespace();
      const stores = `stores: { hosting: self-managed, running: [${engine}], never: [postgres] }\n`;
      ({ project, db } = await snapshotProject(
        `migrate-snapshot-${engine}`,
        parcelSpec(stores),
        space.dsn,
      ));
      lab = await schemaLab(space.dsn, engine);
    });
    afterAll(async () => {
      await lab.close();
      await space.drop();
      project.remove();
      cell(proof, { kind: "proven" });
    });

    it("finds nothing in what its migration made", () => {
      expect(db("migrate", "up")).toMatchObject({ status: 0 });
      expect(db("migrate", "verify")).toEqual({
        status: 0,
        out: "main: as its migrations left it\n",
        err: "",
      });
    });

    it("tells other defaults, checks and bodies from those of the snapshot, where nothing else differs", async () => {
      const [trigger] = await lab.rows(
        "select trigger_name, action_statement from information_schema.triggers where trigger_schema = database() and event_manipulation = 'INSERT'",
      );
      const [name, body] = [String(trigger?.[0]), String(trigger?.[1])];
      const exchange = (text: string): string =>
        `drop trigger ${name};\ncreate trigger ${name} after insert on parcels for each row ${text};`;
      const taken = async (texts: readonly string[]): Promise<readonly string[]> => {
        for (const text of texts) await lab.run(text);
        await lab.run("update schema_migration set objects = null;");
        expect(db("migrate", "up").status).toBe(0);
        return db("migrate", "verify").err.trimEnd().split("\n");
      };
      const dropped = engine === "mysql" ? "drop check" : "drop constraint";
      const lines = await taken([
        "alter table parcels alter column status set default 'sent';",
        `alter table parcels ${dropped} parcels_grams_check, add constraint parcels_grams_check check (grams >= 2);`,
        exchange(body.replace("'insert'", "'update'")),
      ]);
      expect(lines).toHaveLength(3);
      expect(lines).toContainEqual(
        expect.stringMatching(
          /different column parcels.status: is .*, with a default: 'sent', should be .*, with a default: 'new'$/,
        ),
      );
      expect(lines).toContainEqual(
        expect.stringMatching(
          /different constraint parcels.parcels_grams_check: is check: .*>= 2\)*, should be check: .*>= 1\)*$/,
        ),
      );
      expect(lines).toContainEqual(
        expect.stringMatching(
          /different trigger parcels\.\w+: is trigger: text with the digest \w+, should be trigger: text with the digest \w+$/,
        ),
      );
      const mended = await taken([
        "alter table parcels alter column status set default 'new';",
        `alter table parcels ${dropped} parcels_grams_check, add constraint parcels_grams_check check (grams >= 1);`,
        exchange(body),
      ]);
      expect(mended).toEqual([""]);
    });

    it("names what was changed behind its back, and what it should be", async () => {
      for (const text of [
        "alter table parcels drop foreign key parcels_sender_id_fkey",
        "drop index parcels_status_grams_idx on parcels",
        "alter table parcels modify column grams bigint not null",
        "alter table parcels modify column note varchar(40) not null",
        "alter table senders drop index senders_email_key",
        "alter table senders alter column created_at drop default",
        "create index by_hand on parcels (note)",
        "drop table operation",
      ])
        await lab.run(`${text};`);
      const [trigger] = await lab.rows(
        "select trigger_name from information_schema.triggers where trigger_schema = database() order by 1",
      );
      await lab.run(`drop trigger ${trigger?.[0]};`);
      const { status, out, err } = db("migrate", "verify");
      expect([status, out]).toEqual([1, ""]);
      const lines = err.trimEnd().split("\n");
      for (const line of [
        "main: drift dropped constraint parcels.parcels_sender_id_fkey",
        "main: drift dropped index parcels.parcels_status_grams_idx",
        "main: drift changed column parcels.grams: is bigint not null, should be int not null",
        "main: drift changed column parcels.note: is varchar(40) not null, should be varchar(40)",
        "main: drift dropped index senders.senders_email_key",
        "main: drift changed column senders.created_at: is datetime(3) not null, should be datetime(3) not null, with a default",
        "main: drift added index parcels.by_hand",
        "main: drift dropped table operation",
        `main: drift dropped trigger parcels.${trigger?.[0]}`,
      ])
        expect(lines).toContain(line);
    });

    it("still names what the ledger takes for granted: a record that was made after the change", async () => {
      await lab.run("update schema_migration set objects = null;");
      expect(db("migrate", "up").status).toBe(0);
      const { status, err } = db("migrate", "verify");
      expect(status).toBe(1);
      const lines = err.trimEnd().split("\n");
      expect(lines).toContain("main: missing index parcels.parcels_status_grams_idx");
      expect(lines).toContain("main: missing constraint parcels.parcels_sender_id_fkey");
      expect(lines).toContain("main: missing table operation");
      expect(lines).toContain(
        "main: different column parcels.grams: is bigint not null, should be int not null",
      );
      expect(err).not.toContain("by_hand");
    });
  });
}
