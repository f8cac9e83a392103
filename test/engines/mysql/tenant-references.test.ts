/** A schema made before references within a tenant held the tenant: what leads elsewhere is told, and then nothing does. */
import { describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import { phases, type Step } from "../../../src/migrate/step.ts";
import { formerSnapshot, tenantStore } from "../../support/tenant-references.ts";
import { isMissing, sharedServer } from "../servers.ts";
import { applied, schemaLab, takenBack, unlikeSnapshot } from "./schema-lab.ts";

const [a, b, list, note] = [1, 2, 3, 4].map((at) => `01890000-0000-7000-8000-00000000000${at}`);

describe.each([mysql, mariadb])("references of an older schema on $id", async (engine) => {
  const server = await sharedServer(engine.id);
  const dialect = engine.id === mysql.id ? "mysql" : "mariadb";
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");

  test.skipIf(isMissing(server)).each(["split", "direct"] as const)("%s", async (mode) => {
    if (isMissing(server)) return;
    const space = await server.namespace();
    const lab = await schemaLab(space.dsn, dialect);
    const to = planner.snapshot(tenantStore, "shop");
    const from = formerSnapshot(to);
    const context = { store: tenantStore, project: "shop", values: {} } as const;
    await applied(lab, planner.diff(new Map(), from, { ...context, mode: "direct" }).steps);
    await lab.run(`insert into lists (id, tenant_id) values ('${list}', '${a}');`);
    const stray = `insert into notes (id, tenant_id, list_id) values ('${note}', '${b}', '${list}');`;
    await lab.run(stray);
    const { steps } = planner.diff(from, to, { ...context, mode });
    const of = (...wanted: readonly Step["phase"][]): readonly Step[] =>
      wanted.flatMap((phase) => steps.filter((step) => step.phase === phase));
    await applied(lab, of("expand", "backfill"));
    await expect(applied(lab, of("contract"))).rejects.toThrow(`first seen at ${note}`);
    await lab.run(`delete from notes where id = '${note}';`);
    await applied(lab, of("contract"));
    expect(await unlikeSnapshot(lab, planner, tenantStore, dialect)).toEqual([]);
    await expect(lab.run(stray)).rejects.toThrow("notes_list_id_tenant_id_fkey");
    await takenBack(lab, of(...phases));
    await applied(lab, of(...phases));
    expect(await unlikeSnapshot(lab, planner, tenantStore, dialect)).toEqual([]);
    await lab.close();
    await space.drop();
  });
});
