import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { foreignKeys } from "./foreign-keys.ts";
import { ownerOf } from "./naming.ts";

/**
 * Roots whose rows the database itself deletes or empties a reference of, when a row of `entity` is deleted: whoever caches them has to hear
 * of it. An owned child goes with its root, and is told of as that root.
 */
export function cascadesOf(entity: EntityIr, store: StoreIr): readonly string[] {
  if (entity.deletedAt !== undefined) return [];
  const changed = new Set<string>();
  const deleted = [entity];
  for (const target of deleted) {
    for (const { from, cascades } of referrers(target, store)) {
      if (from.owner !== target.name) changed.add((ownerOf(from, store) ?? from).name);
      if (cascades && !deleted.includes(from)) deleted.push(from);
    }
  }
  return [...changed];
}

interface Referrer {
  readonly from: EntityIr;
  readonly cascades: boolean;
}

const referrersByTarget = new WeakMap<StoreIr, ReadonlyMap<string, readonly Referrer[]>>();

/** Entities with a foreign key to `target` that its delete acts upon. */
function referrers(target: EntityIr, store: StoreIr): readonly Referrer[] {
  const known = referrersByTarget.get(store) ?? indexed(store);
  referrersByTarget.set(store, known);
  return known.get(target.name) ?? [];
}

function indexed(store: StoreIr): ReadonlyMap<string, readonly Referrer[]> {
  const made = new Map<string, Referrer[]>();
  for (const from of store.entities) {
    for (const { target, onDelete } of foreignKeys(from, store)) {
      if (onDelete === "restrict") continue;
      const found = made.get(target.name) ?? [];
      made.set(target.name, [...found, { from, cascades: onDelete === "cascade" }]);
    }
  }
  return made;
}
