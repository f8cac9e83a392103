import { only, type Copied, type Kept, type TableChange } from "./change.ts";
import { kindOf, parsed } from "./parsed-type.ts";
import { askedOf } from "./plain-checks.ts";
import type { ConstraintShape, TableShape } from "./shape.ts";

/** An enum that lost values, or was a text: code of after reads no other than those of its check. */
export interface NarrowedValues {
  readonly column: Kept | Copied;
  readonly check: ConstraintShape;
  /** What code of after reads, as literals. */
  readonly values: readonly string[];
  /** Those of before that it does not; empty where before any text was one. */
  readonly gone: readonly string[];
}

/** A value that is made anew by an expression of the user is none of before. */
export function narrowedValues(change: TableChange): readonly NarrowedValues[] {
  return [...only(change, "kept"), ...only(change, "copied")].flatMap((column) => {
    const { from, to } = column;
    const isGiven = column.kind === "copied" && column.given === true;
    if (isGiven || !isEnum(change, to.name) || !isText(from.type)) return [];
    const after = listing(change.to, to.name);
    if (after === undefined) return [];
    const { check, values } = after;
    const before = listing(change.from, from.name)?.values;
    const gone = before?.filter((value) => !values.includes(value)) ?? [];
    return before !== undefined && gone.length === 0 ? [] : [{ column, check, values, gone }];
  });
}

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
