/** The command over a generated project: the first migration on an empty database, one that is not empty, and a store without a DSN. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, type RehearseOptions } from "../../../src/cli/commands/migrate/rehearse.ts";
import { createOutput } from "../../../src/cli/io.ts";
import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import { cell } from "../../support/closing-table.ts";
import { type GeneratedProject, generateProject } from "../../support/generated-project.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const spec = (engine: string): string => `version: 1
project: parts
stores: { running: [${engine}], names: { main: ${engine} } }
entities:
  Vendor:
    audit: true
    fields:
      id: { type: uuid, key: true }
      email: { type: string, max: 80, unique: true }
      kind: { type: enum, values: [maker, trader], default: maker }
  Part:
    fields:
      id: { type: int, key: true, generated: database }
      vendorId: { type: uuid, references: Vendor }
      weight: { type: decimal, precision: 8, scale: 3, min: "0.001" }
      stock: { type: int, min: 0, max: 5000 }
      tags: { type: array, of: string, max: 5 }
      seal: { type: binary, nullable: true }
workloads:
  parts:
    kind: transactional
    entities: [Vendor, Part]
    access: { Vendor: { get: {}, insert: {} }, Part: { get: {}, insert: {} } }
`;

for (const engine of ["mysql", "mariadb"]) {
  const server = await sharedServer(engine);
  const proof = { port: "migrations", engine: columnOf(server), method: "rehearsal command" };
  if (isMissing(server)) {
    cell(proof, { kind: "not proven", why: server.reason });
    continue;
  }
  describe(`migrate rehearse on ${engine}`, { timeout: 120_000 }, () => {
    let project: GeneratedProject;
    let space: Namespace;
    beforeAll(async () => {
      project = await generateProject(`rehearse-${engine}`, spec(engine));
      space = await server.namespace();
    });
    afterAll(async () => {
      project.remove();
      await space.drop();
    });

    async function rehearsed(
      options: RehearseOptions,
    ): Promise<{ readonly status: number; readonly text: string }> {
      const out: string[] = [];
      const io = {
        cwd: project.folder,
        env: {},
        interactive: false,
        out: (text: string) => out.push(text),
        err: (text: string) => out.push(text),
      };
      const flags = { spec: "workloads.yaml", cwd: ".", json: true, quiet: false, color: false };
      const status = await run({ io, output: createOutput(io, flags) }, undefined, options);
      return { status, text: out.join("") };
    }

    it("takes the first migration up, down and up, with rows in every table", async () => {
      const { status, text } = await rehearsed({ rows: "60", dsn: space.dsn });
      const [report] = JSON.parse(text).stores;
      expect(report.findings).toEqual([]);
      expect(status).toBe(0);
      expect(report.stages.map(({ stage }: { stage: string }) => stage)).toEqual([
        "before",
        "up",
        "down",
        "up again",
      ]);
      cell(proof, { kind: "proven" });
    });

    it("--all holds all migrations together against a fresh store, in the same database, and leaves it empty", async () => {
      const later = JSON.parse(project.read("migrations/main/0001-initial.json"));
      const steps = [{ name: "extra", title: "by hand", transactional: false }];
      const [up, down] = [
        "-- step: extra\nalter table parts add column extra int, algorithm=instant;\n",
        "-- step: extra\nalter table parts drop column extra, algorithm=instant;\n",
      ];
      expect(await rehearsed({ rows: "5", all: true, dsn: space.dsn })).toMatchObject({
        status: 0,
      });
      project.write("migrations/main/0002-extra.up.sql", up);
      project.write("migrations/main/0002-extra.down.sql", down);
      project.write(
        "migrations/main/0002-extra.json",
        JSON.stringify({
          ...later,
          id: "0002-extra",
          change: "0002-extra",
          parents: ["0001-initial"],
          steps,
          hash: migrationHash(up, down, steps),
        }),
      );
      const { status, text } = await rehearsed({ rows: "5", all: true, dsn: space.dsn });
      const { stores, together } = JSON.parse(text);
      expect(stores.map(({ change }: { change: readonly string[] }) => change)).toEqual([
        ["0001-initial"],
        ["0002-extra"],
      ]);
      expect(together).toEqual([
        { store: "main", differences: [expect.stringContaining("parts.extra")] },
      ]);
      expect(status).toBe(1);
      for (const role of ["up.sql", "down.sql", "json"])
        rmSync(join(project.folder, `migrations/main/0002-extra.${role}`));
      expect(await rehearsed({ rows: "5", dsn: space.dsn })).toMatchObject({ status: 0 });
    });

    it("asks for a database, since none runs in process", async () => {
      await expect(rehearsed({})).rejects.toMatchObject({
        hint: "give the DSN of an empty store: --dsn",
      });
    });

    it("tells a wrong password without the password", async () => {
      const wrong = space.dsn.replace(/root(?::[^@]*)?@/, "nobody:secret-word@");
      const error: unknown = await rehearsed({ dsn: wrong }).catch((told: unknown) => told);
      expect(String(error)).toMatch(/denied/i);
      expect(JSON.stringify(error) + String(error)).not.toContain("secret-word");
    });
  });
}
