import type { TableChange } from "./change.ts";
import { switchSecurity } from "./render.ts";

/** Which policies hold when a statement runs: those of before the change, those of after, or whichever of them. */
type When = "from" | "to" | "meanwhile";

/** Whether the forced policies of a table keep its owner from rows that it has to write. */
export function isForced({ from, to }: TableChange, when: When): boolean {
  const sides = when === "meanwhile" ? [from, to] : [when === "from" ? from : to];
  return sides.some(({ security }) => security === "forced");
}

/** Makes the triggers of histories let pass what the owner of their tables writes, to the end of the transaction. */
export const unrecordedOn = "select set_config('app.backfill', 'on', true)";

/**
 * Whoever owns a table is bound by its policies while they are forced, and would find no row to change. What it writes for the sake of the
 * schema is no change to record.
 */
export function asOwner(
  change: TableChange,
  when: When,
  statements: readonly string[],
): readonly string[] {
  if (statements.length === 0) return [];
  const table = change.to.name;
  const forced = isForced(change, when);
  return [
    ...(forced ? [switchSecurity(table, "no force")] : []),
    ...(change.recorded ? [`${unrecordedOn};`] : []),
    ...statements,
    ...(change.recorded ? ["select set_config('app.backfill', 'off', true);"] : []),
    ...(forced ? [switchSecurity(table, "force")] : []),
  ];
}
