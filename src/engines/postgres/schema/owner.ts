import type { TableChange } from "./change.ts";
import { switchSecurity } from "./render.ts";

/** Which policies hold when a statement runs: those of before the change, those of after, or whichever of them. */
type When = "from" | "to" | "meanwhile";

/** Tables whose forced policies keep their owner from rows that it has to write: the table, and where its changes are recorded. */
export function forcedTables(change: TableChange, when: When): readonly string[] {
  const { from, to, recordedIn } = change;
  const pairs = [{ from, to }, ...(recordedIn === undefined ? [] : [recordedIn])];
  return pairs.flatMap((pair) => {
    const sides = when === "meanwhile" ? [pair.from, pair.to] : [pair[when]];
    return sides.some(({ security }) => security === "forced") ? [pair.to.name] : [];
  });
}

/** Whoever owns a table is bound by its policies while they are forced, and would find no row to change. */
export function asOwner(
  change: TableChange,
  when: When,
  statements: readonly string[],
): readonly string[] {
  const forced = statements.length === 0 ? [] : forcedTables(change, when);
  return [
    ...forced.map((table) => switchSecurity(table, "no force")),
    ...statements,
    ...forced.map((table) => switchSecurity(table, "force")),
  ];
}
