import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { foreignKeys } from "./reference.ts";
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

/** Entities with a foreign key to `target` that its delete acts upon. */
const referrers = (
  target: EntityIr,
  store: StoreIr,
): readonly { readonly from: EntityIr; readonly cascades: boolean }[] =>
  store.entities.flatMap((from) =>
    foreignKeys(from, store)
      .filter((key) => key.target.name === target.name && key.onDelete !== "restrict")
      .map(({ onDelete }) => ({ from, cascades: onDelete === "cascade" })),
  );
