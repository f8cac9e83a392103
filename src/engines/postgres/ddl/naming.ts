import {
  checkName,
  fitted,
  foreignKeyName,
  historyTableName,
  indexName,
  partitionName,
  primaryKeyName,
  triggerName,
} from "../../../ir/names.ts";
import type { EntityIr } from "../../../ir/types.ts";

export {
  columns,
  entityNamed,
  isAudited,
  ownerOf,
  storedFields,
  tenantOf,
} from "../../families/sql/naming.ts";

/** Names of the database objects that only this engine makes; the rules (length, collisions) are those of `ir/names.ts`. */

export { checkName, foreignKeyName, indexName, partitionName, primaryKeyName, triggerName };

/** Plain role that tenant-bound calls run as: owns nothing, bypasses nothing. */
export const applicationRole = (project: string): string =>
  fitted(`${project.replaceAll(/[^A-Za-z0-9]+/g, "_").toLowerCase()}_app`);

/** Table that keeps the operation ids; its columns are read by `templates/engines/postgres/operation.ts`. */
export const operationTable = "operation";

/** History table of an audited root, or of a child that is part of one. */
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
