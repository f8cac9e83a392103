/** Every kind of change on a real server: what it makes is what the new spec makes afresh, and what it takes back is what was there. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { schemaChanges, type SchemaChange } from "../../unit/postgres/schema-changes.ts";
import {
  connected,
  differences,
  emptySchema,
  inPhases,
  inSchema,
  type Lab,
  planned,
  run,
  serverLab,
  unlikeSnapshot,
  wholeOf,
} from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const usable = !isMissing(server) && server.features.includes("vector");
const proof = { port: "migrations", engine: columnOf(server), method: "every kind of change" };
if (!usable) {
  cell(proof, { kind: "not proven", why: isMissing(server) ? server.reason : "no pgvector" });
}

describe.skipIf(!usable)("a change, there and back", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
    await lab.exec("create extension if not exists vector");
  });
  afterAll(async () => {
    await client?.end();
    await space?.drop();
    cell(proof, { kind: "proven" });
  });

  describe.each(["split", "direct"] as const)("%s", (mode) => {
    test.each(schemaChanges)("$name", async ({ from, to, values = {} }) => {
      const steps = inPhases(planned(from, to, mode, values));
      await emptySchema(lab, "live");
      await inSchema(lab, "live", () => run(lab, wholeOf(from), "up"));
      for (const [direction, store] of [
        ["up", to],
        ["down", from],
        ["up", to],
      ] as const) {
        await inSchema(lab, "live", () => run(lab, steps, direction));
        expect(await fromFresh(store), direction).toEqual([]);
        expect(await unlikeSnapshot(lab, "live", store), direction).toEqual([]);
      }
    });
  });

  test("schema.sql makes an empty database into the store", async () => {
    for (const { to } of schemaChanges) {
      const context = { store: to, project: "shop", mode: "split", values: {} } as const;
      const { text = "" } = planner.schemaFile?.(planner.snapshot(to, "shop"), context) ?? {};
      await emptySchema(lab, "live");
      await inSchema(lab, "live", () => lab.exec(text));
      expect(await fromFresh(to)).toEqual([]);
    }
  }, 120_000);

  async function fromFresh(store: SchemaChange["from"]): Promise<readonly string[]> {
    await emptySchema(lab, "fresh");
    await inSchema(lab, "fresh", () => run(lab, wholeOf(store), "up"));
    return differences(lab, "live", "fresh");
  }
});
