import { engines } from "../engines/registry.gen.ts";
import type { Ir } from "../ir/types.ts";
import { columnName, tableName } from "../ir/names.ts";
import { snapshotOf } from "../migrate/folder.ts";
import { type HeldNames, idleRenames, mayBeTaken, takenRenames } from "../migrate/taken-renames.ts";
import type { Problem } from "../spec/issues.ts";
import { folderFindings, type MigratedStore, migratedStores } from "./schema-stage.ts";

/**
 * What a spec says to have been renamed although both names are in use, going by what the migrations make.
 *
 * @param root folder of the output package
 */
export function takenNames(ir: Ir, root: string): readonly Problem[] {
  const stores = ir.stores.filter(
    ({ engine, entities }) =>
      mayBeTaken(entities) && engines.find(({ id }) => id === engine)?.schema?.fields !== undefined,
  );
  if (stores.length === 0) return [];
  return migratedStores({ ...ir, stores }, root).flatMap((each) =>
    takenRenames(each.store.entities, heldIn(each)),
  );
}

/** Former names that no migration of their store ever made. What keeps its name in the store is renamed in the code alone. */
export const idleNames = (stores: readonly MigratedStore[]): readonly Problem[] =>
  stores.flatMap((each) => {
    const texts = each.folder.migrations.flatMap(({ up, down }) => [up, down]);
    const made = new Set(texts.flatMap((text) => text.match(/[\p{L}\p{N}_]+/gu) ?? []));
    return idleRenames(each.store.entities, heldIn(each), ({ kind, was }) =>
      [was, kind === "field" ? columnName(was) : tableName(was)].some((name) => made.has(name)),
    );
  });

/** Nothing is said of what cannot be read: that is told for itself. */
const heldIn = ({ planner, folder }: MigratedStore): HeldNames =>
  folderFindings(folder).length > 0
    ? new Map()
    : (planner.fields?.(snapshotOf(folder)) ?? new Map());
