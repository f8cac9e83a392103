import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { unchangedSince } from "../ddl/unchanged-since.ts";
import { filled } from "../../families/sql/layout.ts";
import { identifier, identifiers, qualified } from "../sql/quote.ts";

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

/**
 * For a root whose children are replaced: its version must be the one that this statement's snapshot holds. A row of another tenant is
 * none of it; row-level security refuses that one.
 */
export function seenByStatement(entity: EntityIr): string {
  const { key, tenant } = entity;
  const table = identifier(entity.table);
  const same = key.map(
    ({ column }) => `${qualified("seen_root", column)} = ${qualified(table, column)}`,
  );
  const seen = `select seen_root.xmin from ${table} seen_root where ${same.join(" and ")}`;
  const unchanged = `${unchangedSince}(${table}.xmin, (${seen}))`;
  if (tenant === undefined) return `where ${unchanged}`;
  const stranger = `${qualified(table, tenant.column)} <> ${qualified("excluded", tenant.column)}`;
  return `where ${stranger}\n  or ${unchanged}`;
}
