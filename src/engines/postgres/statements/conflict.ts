import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { filled } from "../sql/layout.ts";
import { identifier, identifiers } from "../sql/quote.ts";

/** A row of nothing but its key is set to itself: `do nothing` would not return it. */
export function onConflict(
  entity: EntityIr,
  fields: readonly FieldIr[],
  more: readonly string[],
): string {
  const replace = (field: FieldIr): string =>
    `${identifier(field.column)} = excluded.${identifier(field.column)}`;
  const sets = [...fields.filter((field) => !field.key).map(replace), ...more];
  const key = identifiers(entity.key.map((field) => field.column));
  return `on conflict (${key}) do update set ${filled(sets.length === 0 ? entity.key.map(replace) : sets)}`;
}
