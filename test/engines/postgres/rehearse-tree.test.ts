/** Rows of a rehearsal in a tree: each leads to another one, within its tenant. */
import { describe, expect, it } from "vitest";
import engine from "../../../src/engines/postgres/index.ts";
import { parseDsn } from "../../../templates/runtime/dsn.ts";
import { schemaChanges } from "../../unit/postgres/schema-changes.ts";
import { connected, run, serverLab, wholeOf } from "../../unit/postgres/schema-lab.ts";
import { onSharedServer } from "../../faults/postgres-server.ts";

await onSharedServer("rows of a rehearsal in a tree", (server) => {
  const tree = schemaChanges.find(({ name }) => name === "tree within a tenant on");

  describe.each(["from", "to"] as const)("as it is %s the change", (side) => {
    it("lead to others", async () => {
      if (tree === undefined || engine.rehearsal === undefined) throw new Error("nothing to try");
      const space = await server.namespace();
      const lab = serverLab(await connected(space.dsn));
      await run(lab, wholeOf(tree[side]), "up");
      const store = await (
        await engine.rehearsal()
      ).open(parseDsn(space.dsn, engine.dsn), process.cwd(), []);
      const filled = await store.fill(60, 1);
      await store.close();
      expect(filled.filter(({ rows }) => rows !== 60)).toEqual([]);
      const tenants = side === "to" ? "count(distinct tenant_id)" : "2";
      const [row] = await lab.rows(
        `select count(parent_id), count(*) filter (where parent_id <> id), ${tenants} from lists`,
      );
      await lab.close();
      await space.drop();
      const [leading, elsewhere, several] = (row ?? []).map(Number);
      expect(leading).toBeGreaterThan(30);
      expect(leading).toBeLessThan(60);
      expect(elsewhere).toBeGreaterThan(30);
      expect(several).toBeGreaterThan(1);
    });
  });
});
