import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";

/** What both the schema and the statements of a store ask about its entities. */

export const columns = (fields: readonly FieldIr[]): readonly string[] =>
  fields.map((field) => field.column);

const entitiesByName = new WeakMap<StoreIr, ReadonlyMap<string, EntityIr>>();

/** The entity of that name, when it lives in this store. */
export function entityNamed(name: string, store: StoreIr): EntityIr | undefined {
  let byName = entitiesByName.get(store);
  if (byName === undefined) {
    byName = new Map(store.entities.map((entity) => [entity.name, entity]));
    entitiesByName.set(store, byName);
  }
  return byName.get(name);
}

/** The root that owns a child, when it lives in this store. */
export const ownerOf = (entity: EntityIr, store: StoreIr): EntityIr | undefined =>
  entity.owner === undefined ? undefined : entityNamed(entity.owner, store);

/** Whether the changes of an entity are recorded: its own switch, or that of the root it is part of. */
export const isAudited = (entity: EntityIr, store: StoreIr): boolean =>
  entity.audit || (ownerOf(entity, store)?.audit ?? false);

/**
 * The column that says whose row it is. A child of a tenant's root has it too, although its entity does not show it: a policy that asked
 * the root could not see a root that the same statement inserts.
 */
export const tenantOf = (entity: EntityIr, store: StoreIr): FieldIr | undefined =>
  entity.tenant ?? ownerOf(entity, store)?.tenant;

/** The columns of a table as fields: those of the entity, and an inherited tenant. */
export function storedFields(entity: EntityIr, store: StoreIr): readonly FieldIr[] {
  const tenant = tenantOf(entity, store);
  return tenant === undefined || entity.tenant !== undefined
    ? entity.fields
    : [tenant, ...entity.fields];
}
