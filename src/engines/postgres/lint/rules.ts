import type { Rule } from "./rule.ts";
import { createdTrigger, droppedPolicy, enabledSecurity, forcedSecurity } from "./rules/access.ts";
import {
  autoIncrement,
  constrainedDomain,
  requiredColumnAdded,
  storedGenerated,
  volatileDefault,
} from "./rules/add-column.ts";
import {
  changeColumnType,
  dropColumn,
  dropNotNull,
  renameColumn,
  setNotNull,
} from "./rules/change-column.ts";
import {
  checkValidated,
  disabledTrigger,
  domainConstraint,
  droppedKey,
  exclusionConstraint,
  foreignKeyValidated,
  primaryKey,
  uniqueConstraint,
  validateWhileLocked,
} from "./rules/constraints.ts";
import {
  concurrentlyOnPartitioned,
  createIndex,
  dropIndex,
  invalidIndexKept,
  manyColumns,
  reindex,
} from "./rules/indexes.ts";
import { enumOrder, enumRename, enumValue } from "./rules/enums.ts";
import { unfilledRequired } from "./rules/nulls.ts";
import { attachPartition, createPartition, detachPartition } from "./rules/partitions.ts";
import { backfillWithChange, unbatchedWrite } from "./rules/rows.ts";
import { dropDatabase, longIdentifier, sessionSetting, uncheckedCode } from "./rules/session.ts";
import { dropDeletionMark } from "./rules/soft-delete.ts";
import {
  blockingRefresh,
  disabledSecurity,
  dropCascade,
  dropObject,
  dropTable,
  explicitLock,
  renameTable,
  rewriteTable,
  truncate,
} from "./rules/tables.ts";
import {
  concurrentlyInTransaction,
  statementsOutside,
  transactionControl,
} from "./rules/transactions.ts";
import {
  fixedLength,
  jsonColumn,
  preferBigint,
  preferIdentity,
  preferText,
  preferTimestamptz,
} from "./rules/types.ts";

/** Every rule, in the order in which findings of one line are told. */
export const rules: readonly Rule[] = [
  dropColumn,
  dropDeletionMark,
  dropTable,
  dropObject,
  dropCascade,
  dropDatabase,
  truncate,
  renameColumn,
  renameTable,
  changeColumnType,
  requiredColumnAdded,
  volatileDefault,
  storedGenerated,
  autoIncrement,
  constrainedDomain,
  setNotNull,
  dropNotNull,
  unfilledRequired,
  checkValidated,
  foreignKeyValidated,
  validateWhileLocked,
  uniqueConstraint,
  primaryKey,
  droppedKey,
  exclusionConstraint,
  domainConstraint,
  createIndex,
  dropIndex,
  reindex,
  concurrentlyInTransaction,
  concurrentlyOnPartitioned,
  statementsOutside,
  invalidIndexKept,
  manyColumns,
  attachPartition,
  createPartition,
  detachPartition,
  rewriteTable,
  blockingRefresh,
  explicitLock,
  enumValue,
  enumRename,
  enumOrder,
  unbatchedWrite,
  backfillWithChange,
  disabledTrigger,
  disabledSecurity,
  enabledSecurity,
  forcedSecurity,
  droppedPolicy,
  createdTrigger,
  transactionControl,
  sessionSetting,
  uncheckedCode,
  longIdentifier,
  jsonColumn,
  fixedLength,
  preferText,
  preferTimestamptz,
  preferBigint,
  preferIdentity,
];
