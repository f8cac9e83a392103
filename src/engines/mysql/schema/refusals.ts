import { identifier } from "../sql/quote.ts";
import { only, type TableChange } from "./change.ts";
import { unfit } from "./types.ts";

/** What a step asks of the rows before it changes them: one that is found is a reason to stop, and is named by its key. */

export const refuses = "-- refuse: ";

/** @param from what follows `from`, with its conditions; each row is one that hinders */
export const refusal = (reason: string, named: string, from: string): readonly string[] => [
  `${refuses}${reason}`,
  `select ${named} from ${from} limit 1;`,
];

/** How a row is told: its key, as it is named once columns have been renamed on the spot. @param prefix of its columns: `own.` */
export const rowName = (change: TableChange, prefix = ""): string =>
  namedBy(
    change,
    prefix,
    new Map(only(change, "kept").map(({ from, to }) => [from.name, to.name])),
  );

/** The same, before anything has changed. */
export const formerRowName = (change: TableChange): string => namedBy(change, "", new Map());

function namedBy(change: TableChange, prefix: string, names: ReadonlyMap<string, string>): string {
  const key = change.from.constraints.find(({ kind }) => kind === "primary")?.columns ?? [];
  const own = key.map((column) => `${prefix}${identifier(names.get(column) ?? column)}`);
  if (own.length === 0) return "1";
  return own.length === 1 ? `${own[0]}` : `concat_ws(', ', ${own.join(", ")})`;
}

/** Rows whose value a column's new type would refuse, round or cut. @param named how one is told */
export function unfitRefusal(
  change: TableChange,
  column: string,
  from: string,
  to: string,
  named = rowName(change),
): readonly string[] {
  const condition = unfit(from, to, identifier(column));
  if (condition === undefined) return [];
  const table = change.from.name;
  const reason = `a value of ${column} of ${table} does not fit ${to}`;
  return refusal(reason, named, `${identifier(table)} where ${condition}`);
}
