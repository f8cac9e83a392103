import type { ChildIr, FieldIr } from "../../../ir/types.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";

/**
 * Names of the members of a statement's `with`, and how arrays become rows. A member of a table's own name would hide that table from the
 * statement, so the names say at length what they hold.
 */
export const savedRoot = "saved_root";
export const givenRows = "given_rows";
export const savedChild = (child: ChildIr): string => identifier(`saved_${child.entity.table}`);
export const givenChild = (child: ChildIr): string => identifier(`given_${child.entity.table}`);
export const droppedChild = (child: ChildIr): string => identifier(`dropped_${child.entity.table}`);

/** Column that keeps the place of a row in what was given. */
export const place = "given_place";

/** Arguments of `unnest`, which flattens an array of arrays: those travel as texts and are cast one by one. */
export const unnested = (fields: readonly FieldIr[], first: number): readonly string[] =>
  fields.map(
    (field, at) =>
      `$${first + at}::${field.type.kind === "array" ? "text" : parameterType(field.type)}[]`,
  );

/** One value of a row made by {@link unnested}. */
export const element = (field: FieldIr, alias: string): string => {
  const column = qualified(alias, field.column);
  return field.type.kind === "array" ? `${column}::${parameterType(field.type)}` : column;
};
