import type { Snapshot } from "../../../migrate/step.ts";
import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { auditFunctionShape, auditTrigger, historyShape } from "../ddl/audit.ts";
import { limitDomains } from "../ddl/limit-domain.ts";
import { isAudited } from "../ddl/naming.ts";
import { operationShape } from "../ddl/operation.ts";
import { roleShape } from "../ddl/role.ts";
import { searchesArrays, textOfArrayFunction } from "../ddl/search.ts";
import { tableShape } from "../ddl/table.ts";
import { replacesChildren, unchangedSinceFunction } from "../ddl/unchanged-since.ts";
import { usesVectors } from "../ddl/vector.ts";
import type { StorePart, TablePart } from "./shape.ts";

/** The part that belongs to no table. */
export const storePartName = "store";

/** Name of a table's part: that of the table, unless it is the name of the part for the rest. */
export const partName = (table: string): string =>
  table === storePartName ? `${table}-table` : table;

/** What all migrations of a store together make. */
export function snapshotOf(store: StoreIr, project: string): Snapshot {
  return new Map<string, unknown>([
    ...store.entities.map(
      (entity) => [partName(entity.table), tablePart(entity, store, project)] as const,
    ),
    [storePartName, storePart(store, project)],
  ]);
}

function tablePart(entity: EntityIr, store: StoreIr, project: string): TablePart {
  const audited = isAudited(entity, store);
  return {
    kind: "table",
    entity: entity.name,
    table: tableShape(entity, store, project),
    ...(audited && { history: historyShape(entity, store, project) }),
    functions: audited ? [auditFunctionShape(entity, store)] : [],
    triggers: audited ? [auditTrigger(entity)] : [],
    domains: limitDomains(entity, store),
  };
}

const storePart = (store: StoreIr, project: string): StorePart => ({
  kind: "store",
  extensions: usesVectors(store) ? ["vector"] : [],
  functions: [
    ...(searchesArrays(store) ? [textOfArrayFunction] : []),
    ...(replacesChildren(store) ? [unchangedSinceFunction] : []),
  ],
  ...(store.tenantScoped && { role: roleShape(project) }),
  operation: operationShape(store, project),
});
