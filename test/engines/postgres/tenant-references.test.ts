/** A schema made before references within a tenant held the tenant: what leads elsewhere is told, and then nothing does. */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planner } from "../../../src/engines/postgres/schema/planner.ts";
import { phases, type Step } from "../../../src/migrate/step.ts";
import { formerSnapshot, tenantStore } from "../../support/tenant-references.ts";
import {
  connected,
  inPhases,
  type Lab,
  run,
  serverLab,
  unlikeSnapshot,
} from "../../unit/postgres/schema-lab.ts";
import { isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("postgres");
const [a, b, list, note] = [1, 2, 3, 4].map((at) => `01890000-0000-7000-8000-00000000000${at}`);

describe.skipIf(isMissing(server))("references of an older schema", () => {
  let space: Namespace;
  let client: pg.Client;
  let lab: Lab;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await connected(space.dsn);
    lab = serverLab(client);
  });
  afterAll(async () => {
    await client?.end();
    await space?.drop();
  });

  test.each(["split", "direct"] as const)("%s", async (mode) => {
    await lab.exec("drop schema public cascade; create schema public");
    const to = planner.snapshot(tenantStore, "shop");
    const from = formerSnapshot(to);
    const context = { store: tenantStore, project: "shop", values: {} } as const;
    await run(lab, planner.diff(new Map(), from, { ...context, mode: "direct" }).steps, "up");
    await lab.exec(
      `insert into lists (id, tenant_id) values ('${list}', '${a}'); insert into notes (id, tenant_id, list_id) values ('${note}', '${b}', '${list}')`,
    );
    const { steps } = planner.diff(from, to, { ...context, mode });
    const of = (...wanted: readonly Step["phase"][]): readonly Step[] =>
      inPhases(steps).filter(({ phase }) => wanted.includes(phase));
    if (mode === "split") await run(lab, of("expand", "backfill"), "up");
    const rest = mode === "split" ? of("contract") : of(...phases);
    await expect(run(lab, rest, "up")).rejects.toThrow(
      `what list_id, tenant_id of notes refers to is not in lists; rows: 1, one of them with id ${note}`,
    );
    await lab.exec(`delete from notes where id = '${note}'`);
    await run(lab, rest, "up");
    expect(await unlikeSnapshot(lab, "public", tenantStore)).toEqual([]);
    await expect(
      lab.exec(`insert into notes (id, tenant_id, list_id) values ('${note}', '${b}', '${list}')`),
    ).rejects.toThrow("notes_list_id_tenant_id_fkey");
    await run(lab, inPhases(steps), "down");
    await run(lab, inPhases(steps), "up");
    expect(await unlikeSnapshot(lab, "public", tenantStore)).toEqual([]);
  });
});
