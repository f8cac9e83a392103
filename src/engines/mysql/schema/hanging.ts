import { literal } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { refusal, refuses } from "./refusals.ts";
import type { ColumnShape } from "./shape.ts";

/**
 * Refuses to go on while an index holds a column that goes, unless this change knows of it: the server takes such an index along, or leaves it
 * with fewer columns, and a unique one then forbids what it allowed. Foreign keys refuse by themselves (MY-21).
 */
export function refuseHanging(change: TableChange, column: ColumnShape): readonly string[] {
  const { from, to } = change;
  const known = [
    ...[...from.indexes, ...to.indexes].map(({ name }) => name),
    ...(from.constraints.some(
      ({ kind, columns = [] }) => kind === "primary" && columns.includes(column.name),
    )
      ? ["PRIMARY"]
      : []),
  ];
  const others =
    known.length === 0
      ? ""
      : ` and index_name not in (${[...new Set(known)].map(literal).join(", ")})`;
  return [
    `${refuses}an index of ${from.name} that this migration does not know of would lose column ${column.name}: drop it if nobody needs it, or write this migration anew on what made it`,
    `select index_name from information_schema.statistics where table_schema = database() and table_name = ${literal(from.name)} and column_name = ${literal(column.name)}${others} limit 1;`,
  ];
}

/**
 * Refuses to change the definition of a column that holds a check, where the server would drop it without a word. Only a column that was
 * there before the data layer has one; JSON is kept as text with such a check, which comes again with the type.
 */
export const refuseLostCheck = (
  { dialect, from }: TableChange,
  column: string,
): readonly string[] =>
  dialect.columnChecks
    ? refusal(
        `the check within the definition of ${column} of ${from.name} would be lost: make it a constraint of the table (add constraint), and modify the column without it`,
        "check_clause",
        `information_schema.check_constraints where constraint_schema = database() and table_name = ${literal(from.name)} and constraint_name = ${literal(column)} and level = 'Column' and check_clause not like 'json\\_valid(%'`,
      )
    : [];
