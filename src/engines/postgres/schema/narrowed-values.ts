import type { ColumnChange, TableChange } from "./change.ts";
import { forwardOf } from "./copy-way.ts";
import type { ConstraintShape } from "./shape.ts";
import { mentions, substituted } from "./tokens.ts";

type Kept = Extract<ColumnChange, { readonly kind: "kept" | "copied" }>;

/** A column whose check lets fewer values through than before, so that code of after reads no other: an enum that lost some, or was none. */
export interface NarrowedValues {
  readonly column: Kept;
  readonly check: ConstraintShape;
  /** What code of after reads. */
  readonly values: readonly string[];
  /** Those of before that it does not; empty where before it was no enum. */
  readonly gone: readonly string[];
  /** Expression over the columns of before that makes the value anew; absent where that of before stays. */
  readonly made?: string;
}

export function narrowedValues({ from, to, columns }: TableChange): readonly NarrowedValues[] {
  return columns.flatMap((column) => {
    if (column.kind === "added" || column.kind === "dropped" || !isText(column.to.type)) return [];
    const check = enumCheck(to.constraints, column.to.name);
    const values = check?.bounds?.values;
    if (check === undefined || values === undefined) return [];
    if (column.given !== undefined || !isText(column.from.type)) {
      const made = madeValue(column);
      return made === undefined ? [] : [{ column, check, values, gone: [], made }];
    }
    const here = column.kind === "copied" ? column.from.name : column.to.name;
    const before = enumCheck(from.constraints, here)?.bounds?.values;
    const gone = before?.filter((value) => !values.includes(value)) ?? [];
    return before !== undefined && gone.length === 0 ? [] : [{ column, check, values, gone }];
  });
}

/** Before any column has taken its new name. */
const madeValue = (column: Kept): string | undefined =>
  column.kind === "copied"
    ? forwardOf(column)
    : column.converted &&
      substituted(column.converted, new Map([[column.to.name, column.from.name]]));

const isText = (type: string): boolean => /^(?:text|character varying|varchar)/.test(type);

const enumCheck = (
  constraints: readonly ConstraintShape[],
  column: string,
): ConstraintShape | undefined =>
  constraints.find(
    ({ bounds, definition }) => bounds?.values !== undefined && mentions(definition, column),
  );
