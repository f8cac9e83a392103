import type { ColumnChange, TableChange } from "./change.ts";
import type { ConstraintShape } from "./shape.ts";
import { mentions } from "./tokens.ts";

/** A column whose check lets fewer values through than before, so that code of after reads no other: an enum that lost some, or was a text. */
export interface NarrowedValues {
  readonly column: Extract<ColumnChange, { readonly kind: "kept" | "copied" }>;
  readonly check: ConstraintShape;
  /** What code of after reads. */
  readonly values: readonly string[];
  /** Those of before that it does not; empty where before any text was one. */
  readonly gone: readonly string[];
}

/** A value that is made anew by another type or by an expression of the user is none of before. */
export function narrowedValues({ from, to, columns }: TableChange): readonly NarrowedValues[] {
  return columns.flatMap((column) => {
    if (column.kind === "added" || column.kind === "dropped" || column.given !== undefined)
      return [];
    if (!isText(column.from.type) || !isText(column.to.type)) return [];
    const check = enumCheck(to.constraints, column.to.name);
    const values = check?.bounds?.values;
    if (check === undefined || values === undefined) return [];
    const here = column.kind === "copied" ? column.from.name : column.to.name;
    const before = enumCheck(from.constraints, here)?.bounds?.values;
    const gone = before?.filter((value) => !values.includes(value)) ?? [];
    return before !== undefined && gone.length === 0 ? [] : [{ column, check, values, gone }];
  });
}

const isText = (type: string): boolean => /^(?:text|character varying|varchar)/.test(type);

const enumCheck = (
  constraints: readonly ConstraintShape[],
  column: string,
): ConstraintShape | undefined =>
  constraints.find(
    ({ bounds, definition }) => bounds?.values !== undefined && mentions(definition, column),
  );
