import type { MigrationTarget } from "../../runtime/migrate.ts";

/** Of the migrations that the code expects, those that the store has not, for the start-up probe. */
export const unapplied = async (
  target: MigrationTarget,
  expected: readonly string[],
): Promise<readonly string[]> => {
  const applied = new Set((await target.ledger()).map((entry) => entry.id));
  return expected.filter((id) => !applied.has(id));
};
