/** A tenant that is switched off, as an owner whom the policies bind, and switched on again by taking the change back. */
import { afterAll, describe, expect, test } from "vitest";
import { cell } from "../../support/closing-table.ts";
import type { Step } from "../../../src/migrate/step.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { inPhases, planned, run, serverLab, wholeOf } from "../../unit/postgres/schema-lab.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { plainOwner } from "./plain-owner.ts";
import { RunningCode, tenant } from "./running-code.ts";

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "a tenant goes" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

const asOwner = plainOwner(server);
const nobody = "00000000-0000-0000-0000-000000000000";
const kept = ["tenancy of a target off", "tenancy of what refers off"];
const off = schemaChanges.filter(({ name }) => /^(?:tenancy|tree within).* off$/.test(name));

const drops = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(({ destroys }) => destroys?.endsWith(".tenant_id"));

describe.skipIf(isMissing(server))("a tenant goes", () => {
  afterAll(() => cell(proof, { kind: "proven" }));

  const ways = off.flatMap((change) => [
    { ...change, mode: "split" as const },
    { ...change, mode: "direct" as const },
  ]);
  test.each(ways)("$name, $mode", ({ name, from, to, mode }) =>
    asOwner(async (owner, all, project) => {
      const lab = serverLab(owner);
      const place = { client: owner, schema: "public", role: `${project}_app` };
      const [before, after] = [new RunningCode(from, place), new RunningCode(to, place)];
      await run(lab, wholeOf(from, project), "up");
      const rows = await before.insert();
      const steps = inPhases(planned(from, to, mode, {}, project));
      const isTorn = kept.includes(name);
      expect(drops(steps).length).toBeGreaterThan(0);
      for (const step of drops(steps).filter(({ name: own }) => !own.includes("history"))) {
        expect(step.reversibility, step.name).toBe(isTorn ? "irreversible" : "loses-data");
        expect(step.note).toMatch(isTorn ? /it fails unless/ : new RegExp(nobody));
      }
      await run(lab, steps, "up");
      await after.read(rows);
      if (isTorn) {
        await expect(run(lab, steps, "down")).rejects.toThrow(
          /contains null values|violates foreign key/,
        );
        return;
      }
      await run(lab, steps, "down");
      for (const step of drops(steps)) {
        const table = step.destroys?.split(".")[0] ?? "";
        const found = await all.query(`select distinct tenant_id from ${table}`);
        expect(found.rows, table).toEqual([{ tenant_id: nobody }]);
      }
      // Rows of nobody are seen by nobody, until each has its own tenant again.
      await expect(before.read(rows)).rejects.toThrow("0 rows");
      await all.query("set session_replication_role = replica");
      for (const step of drops(steps))
        await all.query(`update ${step.destroys?.split(".")[0]} set tenant_id = $1`, [tenant]);
      await before.read(rows);
      await before.patch(await before.insert());
      await run(lab, steps, "up");
      await after.read(rows);
    }),
  );

  test("rows that code without tenants wrote stop the way back, until each has one", () =>
    asOwner(async (owner, all, project) => {
      const change = off.find(({ name }) => name === "tenancy off");
      if (change === undefined) throw new Error("no such change");
      const lab = serverLab(owner);
      const place = { client: owner, schema: "public", role: `${project}_app` };
      await run(lab, wholeOf(change.from, project), "up");
      const steps = planned(change.from, change.to, "split", {}, project).filter(
        ({ phase }) => phase === "expand",
      );
      await run(lab, steps, "up");
      const rows = await new RunningCode(change.to, place).insert();
      await expect(run(lab, steps, "down")).rejects.toThrow(/contains null values/);
      await all.query("update lists set tenant_id = $1", [tenant]);
      await run(lab, steps, "down");
      await new RunningCode(change.from, place).read(rows);
    }));
});
