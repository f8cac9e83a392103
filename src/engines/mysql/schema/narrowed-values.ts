import { identifier } from "../sql/quote.ts";
import { only, type Copied, type Kept, type TableChange } from "./change.ts";
import { kindOf, parsed } from "./parsed-type.ts";
import { askedOf } from "./plain-checks.ts";
import type { ConstraintShape, TableShape } from "./shape.ts";

/** An enum that lost values, or was none: code of after reads no other than those of its check. */
export interface NarrowedValues {
  readonly column: Kept | Copied;
  readonly check: ConstraintShape;
  /** What code of after reads, as literals. */
  readonly values: readonly string[];
  /** Those of before that it does not; empty where before it was no enum. */
  readonly gone: readonly string[];
  /** Expression over the columns of before that makes the value anew; absent where that of before stays. */
  readonly made?: string;
}

export function narrowedValues(change: TableChange): readonly NarrowedValues[] {
  return [...only(change, "kept"), ...only(change, "copied")].flatMap((column) => {
    const { from, to } = column;
    const after = isEnum(change, to.name) ? listing(change.to, to.name) : undefined;
    if (after === undefined) return [];
    const { check, values } = after;
    const made = madeValue(column);
    if (made !== undefined) return [{ column, check, values, gone: [], made }];
    const before = listing(change.from, from.name)?.values;
    const gone = before?.filter((value) => !values.includes(value)) ?? [];
    return before !== undefined && gone.length === 0 ? [] : [{ column, check, values, gone }];
  });
}

/** The server would compare a number with a text as numbers. */
function madeValue(column: Kept | Copied): string | undefined {
  const { from } = column;
  if (isGiven(column)) return column.forward;
  return isText(from.type) ? undefined : `cast(${identifier(from.name)} as char)`;
}

/** Whether an expression of the user makes the value. */
export const isGiven = (column: Kept | Copied): column is Copied =>
  column.kind === "copied" && column.given === true;

const isEnum = ({ entity }: TableChange, name: string): boolean =>
  entity?.fields.some(({ column, type }) => column === name && type.kind === "enum") === true;

const isText = (type: string): boolean => kindOf(parsed(type)) === "text";

/** The check that lists what a column may hold. */
function listing(
  { constraints }: TableShape,
  column: string,
): { readonly check: ConstraintShape; readonly values: readonly string[] } | undefined {
  for (const check of constraints) {
    const values = check.kind === "check" ? askedOf(column, [check.definition])?.among : undefined;
    if (values !== undefined) return { check, values };
  }
  return undefined;
}
