import { createHash } from "node:crypto";
import type { StoreIr } from "../../../ir/types.ts";
import { planner } from "../schema/planner.ts";

/** Id of the migration that makes a store. */
export const initialId = "0001-initial";

/** The first migration of a store as its three files hold it. */
export interface MigrationFiles {
  readonly id: string;
  readonly up: string;
  readonly down: string;
  /** `{ id, parents, hash }`: what the ledger compares. */
  readonly record: string;
}

/** Text of the first migration. */
export function initialMigration(store: StoreIr, project: string): MigrationFiles {
  const id = initialId;
  const { steps } = planner.diff(new Map(), planner.snapshot(store, project), {
    store,
    project,
    mode: "direct",
    values: {},
  });
  const up = planner.print(steps, "up", `Makes the store ${store.name} of ${project}.`);
  const down = planner.print(
    steps.toReversed(),
    "down",
    `Takes back ${id}.up.sql: every table with its rows.`,
  );
  const hash = createHash("sha256").update(up).update(down).digest("hex");
  return { id, up, down, record: `${JSON.stringify({ id, parents: [], hash }, null, 2)}\n` };
}
