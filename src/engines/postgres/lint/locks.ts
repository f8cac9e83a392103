import type { Constraint } from "libpg-query";
import { type AlterCommand, alterCommands } from "./alter.ts";
import type { Statement } from "./parse.ts";
import { columnConstraints, tableKey } from "./tree.ts";

/** Commands of `alter table` under which rows can still be written. */
const mild: readonly AlterCommand["kind"][] = [
  "AT_ValidateConstraint",
  "AT_SetStatistics",
  "AT_SetOptions",
  "AT_ResetOptions",
  "AT_SetRelOptions",
  "AT_ResetRelOptions",
  "AT_ClusterOn",
  "AT_DropCluster",
  "AT_AttachPartition",
];

/** Tables whose writers wait from this statement on to the end of its transaction. */
export function locksWriters(statement: Statement): readonly string[] {
  const { node } = statement;
  if ("AlterTableStmt" in node) {
    const strong = alterCommands(statement).filter(({ kind }) => !mild.includes(kind));
    return strong.flatMap((command) => [command.table, ...referredTables(command)]);
  }
  if ("RenameStmt" in node && node.RenameStmt.relation !== undefined)
    return [tableKey(node.RenameStmt.relation)];
  if ("IndexStmt" in node && node.IndexStmt.relation !== undefined)
    return node.IndexStmt.concurrent === true ? [] : [tableKey(node.IndexStmt.relation)];
  if ("CreateTrigStmt" in node && node.CreateTrigStmt.relation !== undefined)
    return [tableKey(node.CreateTrigStmt.relation)];
  if ("CreatePolicyStmt" in node && node.CreatePolicyStmt.table !== undefined)
    return [tableKey(node.CreatePolicyStmt.table)];
  return [];
}

/** A foreign key locks the table that it refers to as well. */
function referredTables({ column, constraint }: AlterCommand): readonly string[] {
  const written: readonly Constraint[] = [
    ...(constraint === undefined ? [] : [constraint]),
    ...(column === undefined ? [] : columnConstraints(column)),
  ];
  return written.flatMap(({ pktable }) => (pktable === undefined ? [] : [tableKey(pktable)]));
}
