import { distinguished, uniqueName } from "../../../ir/names.ts";
import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { columns, entityNamed, ownerOf, tenantOf } from "./naming.ts";

/** A unique key of (key, tenant) that references within a tenant lead to. */
export interface TenantKey {
  readonly name: string;
  readonly columns: readonly string[];
}

interface Ends {
  readonly columns: readonly string[];
  readonly target: EntityIr;
  readonly targetColumns: readonly string[];
}

/**
 * The columns of a reference with the tenant after them, where both ends belong to tenants. A key that names its tenant itself holds it
 * already; of a composite one, that part is the tenant of the row that refers. A reference whose whole key is a tenant leads where its value says.
 *
 * The reference comes first: MySQL takes a row of a tree for its own parent where the first columns are equal (MY-27), and the tenants are.
 */
export function withTenant(
  { columns: own, target, targetColumns }: Ends,
  entity: EntityIr,
  store: StoreIr,
): Pick<Ends, "columns" | "targetColumns"> {
  const [tenant, theirs] = [tenantOf(entity, store), tenantOf(target, store)];
  if (tenant === undefined || theirs === undefined) return { columns: own, targetColumns };
  if (!targetColumns.includes(theirs.column))
    return { columns: [...own, tenant.column], targetColumns: [...targetColumns, theirs.column] };
  if (own.length < 2) return { columns: own, targetColumns };
  return {
    columns: own.map((column, at) =>
      targetColumns[at] === theirs.column ? tenant.column : column,
    ),
    targetColumns,
  };
}

const targetsByStore = new WeakMap<StoreIr, ReadonlySet<string>>();

/** Names of the entities of tenants that others of tenants refer to, or that own some. */
function targetsOf(store: StoreIr): ReadonlySet<string> {
  const known = targetsByStore.get(store);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const entity of store.entities) {
    if (tenantOf(entity, store) === undefined) continue;
    const owner = ownerOf(entity, store);
    if (owner !== undefined) found.add(owner.name);
    for (const { source } of entity.fields)
      if (source.reference !== undefined && source.role !== "ownerKey")
        found.add(source.reference.entity);
  }
  const scoped = new Set(
    [...found].filter((name) => {
      const target = entityNamed(name, store);
      return target !== undefined && tenantOf(target, store) !== undefined;
    }),
  );
  targetsByStore.set(store, scoped);
  return scoped;
}

/**
 * The unique key that references within a tenant need of their target; absent where none leads there, where its key names the tenant
 * itself, or where the spec declares the same one. It refuses no row: the key alone is unique.
 */
export function tenantKeyOf(entity: EntityIr, store: StoreIr): TenantKey | undefined {
  const tenant = tenantOf(entity, store);
  if (tenant === undefined || !targetsOf(store).has(entity.name)) return undefined;
  const own = columns(entity.key);
  if (own.length === 0 || own.includes(tenant.column)) return undefined;
  const all = [...own, tenant.column];
  const declared = entity.unique.some(
    ({ fields }) => columns(fields).join("\0") === all.join("\0"),
  );
  const name = uniqueName(entity.table, all);
  if (!declared) return { name, columns: all };
  // Declared with soft delete it holds among the rows that are left, which nothing can refer to.
  return entity.deletedAt === undefined
    ? undefined
    : { name: distinguished(name, "tenant"), columns: all };
}
