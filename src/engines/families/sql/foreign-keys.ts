import { foreignKeyName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import type { OnDelete } from "../../../spec/model.ts";
import { columns, entityNamed, ownerOf } from "./naming.ts";
import { withTenant } from "./tenant-keys.ts";

/** A foreign key from one table to the key of another of the same store. */
export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: EntityIr;
  readonly targetColumns: readonly string[];
  readonly onDelete: OnDelete;
  /** Those of its columns that `set-null` empties: the reference, and not the tenant that it is held with. */
  readonly reference: readonly string[];
}

/**
 * Foreign keys of an entity: a child's to its owner, then the declared ones. A reference into another store has none. Where both ends
 * belong to tenants, the key holds the tenant, too: no row leads to another tenant's, and no delete reaches one.
 */
export function foreignKeys(entity: EntityIr, store: StoreIr): readonly ForeignKey[] {
  const owner = ownerOf(entity, store);
  const owned = owner?.children.find((child) => child.entity.name === entity.name);
  const toOwner =
    owner === undefined || owned === undefined
      ? []
      : [
          foreignKey(entity, store, {
            columns: columns(owned.ownerKey),
            target: owner,
            targetColumns: columns(owner.key),
            onDelete: "cascade",
          }),
        ];
  return [...toOwner, ...declaredKeys(entity, store)];
}

function foreignKey(
  entity: EntityIr,
  store: StoreIr,
  plain: Omit<ForeignKey, "name" | "reference">,
): ForeignKey {
  const held = withTenant(plain, entity, store);
  return {
    ...plain,
    ...held,
    name: foreignKeyName(entity.table, held.columns),
    reference: plain.columns,
  };
}

/** Those of `references:` alone: without a child's to its owner. */
export function declaredKeys(entity: EntityIr, store: StoreIr): readonly ForeignKey[] {
  const made: ForeignKey[] = [];
  const done = new Set<FieldIr>();
  for (const field of entity.fields) {
    const reference = field.source.reference;
    if (reference === undefined || field.source.role === "ownerKey" || done.has(field)) continue;
    const target = entityNamed(reference.entity, store);
    if (target === undefined) continue;
    const fields = fieldsOf(entity, field, target);
    for (const each of fields) done.add(each);
    made.push(
      foreignKey(entity, store, {
        columns: columns(fields),
        target,
        targetColumns: fields.map((each) => columnOf(target, each.source.reference?.field ?? "")),
        onDelete: reference.onDelete,
      }),
    );
  }
  return made;
}

/** The fields that together hold the target's composite key, when each part of it is there exactly once; else the field alone. */
function fieldsOf(entity: EntityIr, field: FieldIr, target: EntityIr): readonly FieldIr[] {
  if (target.key.length < 2) return [field];
  const parts = target.key.map((key) =>
    entity.fields.filter(
      (each) =>
        each.source.reference?.entity === target.name && each.source.reference.field === key.name,
    ),
  );
  const complete = parts.flatMap((part) => (part.length === 1 ? part : []));
  return complete.length === target.key.length ? complete : [field];
}

const columnOf = (entity: EntityIr, field: string): string =>
  entity.fields.find((each) => each.name === field)?.column ?? field;
