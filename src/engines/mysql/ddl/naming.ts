import {
  checkName,
  fitted,
  foreignKeyName,
  historyTableName,
  indexName,
  triggerName,
} from "../../../ir/names.ts";
import type { EntityIr } from "../../../ir/types.ts";

/** Names of the database objects that only this engine makes; the rules (length, collisions) are those of `ir/names.ts`. */

export { checkName, fitted, foreignKeyName, indexName, triggerName };

/** Table that keeps the operation ids; its columns are read by `templates/engines/mysql/operation.ts`. */
export const operationTable = "operation";

/** Generated column of a table with soft delete: 1 while the row is there, else null, which no unique key compares. */
export const liveColumn = "is_live";

/** History table of an audited root; its children are recorded with it. */
export const historyTable = (entity: EntityIr): string =>
  entity.historyTable ?? historyTableName(entity.table);

/** Columns of every history table beside the entity's key and tenant. */
export const historyColumns = [
  "revision",
  "operation",
  "changed_at",
  "changed_by",
  "content",
  "children",
] as const;
