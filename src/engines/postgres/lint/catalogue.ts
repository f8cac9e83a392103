import type {
  ColumnDef,
  Constraint,
  CreateStmt,
  Node,
  RenameStmt,
  SelectStmt,
  UpdateStmt,
} from "libpg-query";
import { type AlterCommand, alterCommands } from "./alter.ts";
import type { Statement } from "./parse.ts";
import {
  columnConstraints,
  constraintOf,
  nameKey,
  requiredColumn,
  strings,
  tableKey,
  type TypeFacts,
  typeFacts,
} from "./tree.ts";

/** What the migrations so far say of a table. */
export interface TableFacts {
  /** Made by the migration that is judged: nobody waits for it. */
  readonly fresh: boolean;
  readonly partitioned: boolean;
  key: readonly string[];
  /** Name of the key's constraint. */
  keyName: string;
  readonly columns: Map<string, TypeFacts>;
  /** Columns that are `not null`. */
  readonly required: Set<string>;
  readonly constraints: Map<string, { validated: boolean; readonly requires: string | undefined }>;
}

/** The schema as the migrations up to a statement make it; what others made is not in it. */
export interface Catalogue {
  readonly tables: Map<string, TableFacts>;
  /** Table of each index. */
  readonly indexes: Map<string, string>;
  /** Domains with a constraint. */
  readonly domains: Set<string>;
  /** Functions that triggers alone can call. */
  readonly triggerFunctions: Set<string>;
  /** Columns, as `table.column`, that a statement in batches has filled. */
  readonly filled: Set<string>;
  /** Columns, as `table.column`, that any statement has written, or that were added with a default. */
  readonly written: Set<string>;
  /** Tables with a policy, and those whose owner is bound by theirs. */
  readonly policies: Set<string>;
  readonly forced: Set<string>;
  /** Values of each enum type, in order, and whether the migration that is judged made it. */
  readonly enums: Map<string, { readonly fresh: boolean; readonly values: string[] }>;
}

export const emptyCatalogue = (): Catalogue => ({
  tables: new Map(),
  indexes: new Map(),
  domains: new Set(),
  triggerFunctions: new Set(),
  enums: new Map(),
  filled: new Set(),
  written: new Set(),
  policies: new Set(),
  forced: new Set(),
});

/** Follows one statement. @param fresh whether it belongs to the migration that is judged */
export function follow(catalogue: Catalogue, statement: Statement, fresh: boolean): void {
  const { node } = statement;
  if ("CreateStmt" in node) followTable(catalogue, node.CreateStmt, fresh);
  else if ("AlterTableStmt" in node)
    for (const command of alterCommands(statement)) followCommand(catalogue, command);
  else if ("IndexStmt" in node) {
    const { idxname, relation } = node.IndexStmt;
    if (idxname !== undefined && relation !== undefined)
      catalogue.indexes.set(idxname, tableKey(relation));
  } else if ("CreatePolicyStmt" in node && node.CreatePolicyStmt.table !== undefined) {
    catalogue.policies.add(tableKey(node.CreatePolicyStmt.table));
  } else if ("RenameStmt" in node) followRename(catalogue, node.RenameStmt);
  else if ("DropStmt" in node) {
    for (const object of node.DropStmt.objects ?? []) {
      if (node.DropStmt.removeType === "OBJECT_TABLE")
        catalogue.tables.delete(nameKey(strings([object])));
    }
  } else if ("CreateDomainStmt" in node) {
    const { domainname, constraints = [] } = node.CreateDomainStmt;
    if (constraints.length > 0) catalogue.domains.add(strings(domainname).at(-1) ?? "");
  } else if ("CreateFunctionStmt" in node) {
    const { funcname, returnType } = node.CreateFunctionStmt;
    if (typeFacts(returnType).name === "trigger")
      catalogue.triggerFunctions.add(nameKey(strings(funcname)));
  } else if ("CreateEnumStmt" in node) {
    const { typeName, vals } = node.CreateEnumStmt;
    catalogue.enums.set(nameKey(strings(typeName)), { fresh, values: [...strings(vals)] });
  } else if ("AlterEnumStmt" in node && node.AlterEnumStmt.oldVal === undefined) {
    const { typeName, newVal = "", newValNeighbor: beside } = node.AlterEnumStmt;
    if (beside === undefined) catalogue.enums.get(nameKey(strings(typeName)))?.values.push(newVal);
  }
  for (const { column, batched } of updatedColumns(node)) {
    catalogue.written.add(column);
    if (batched) catalogue.filled.add(column);
  }
}

interface Updated {
  /** `table.column` */
  readonly column: string;
  /** By a statement of the shape `with batch as (…), … update t set c = … from batch`. */
  readonly batched: boolean;
}

function updatedColumns(node: Node): readonly Updated[] {
  const select: SelectStmt | undefined = "SelectStmt" in node ? node.SelectStmt : undefined;
  const update: UpdateStmt | undefined = "UpdateStmt" in node ? node.UpdateStmt : undefined;
  const parts = (select?.withClause ?? update?.withClause)?.ctes ?? [];
  const inner = parts.flatMap((part) =>
    "CommonTableExpr" in part && part.CommonTableExpr.ctequery !== undefined
      ? updatedColumns(part.CommonTableExpr.ctequery)
      : [],
  );
  if (update?.relation === undefined) return inner;
  const table = tableKey(update.relation);
  const batched = (update.fromClause ?? []).length > 0;
  return [
    ...inner,
    ...(update.targetList ?? []).flatMap((target) =>
      "ResTarget" in target ? [{ column: `${table}.${target.ResTarget.name}`, batched }] : [],
    ),
  ];
}

function followTable(
  { tables }: Catalogue,
  { relation, tableElts = [], partspec }: CreateStmt,
  fresh: boolean,
): void {
  if (relation === undefined || tables.has(tableKey(relation))) return;
  const facts: TableFacts = {
    fresh,
    partitioned: partspec !== undefined,
    key: [],
    keyName: `${relation.relname}_pkey`,
    columns: new Map(),
    required: new Set(),
    constraints: new Map(),
  };
  for (const element of tableElts) {
    if ("ColumnDef" in element) followColumn(facts, element.ColumnDef);
    else if ("Constraint" in element) followConstraint(facts, element.Constraint);
  }
  tables.set(tableKey(relation), facts);
}

function followColumn(facts: TableFacts, column: ColumnDef): void {
  const { colname = "", typeName } = column;
  facts.columns.set(colname, typeFacts(typeName));
  if (constraintOf(column, "CONSTR_PRIMARY") !== undefined) facts.key = [colname];
  if (constraintOf(column, "CONSTR_NOTNULL") !== undefined) facts.required.add(colname);
  for (const constraint of columnConstraints(column))
    if (constraint.conname !== undefined) followConstraint(facts, constraint);
}

function followConstraint(facts: TableFacts, constraint: Constraint): void {
  const { conname, contype, keys, raw_expr, skip_validation: unchecked } = constraint;
  if (contype === "CONSTR_PRIMARY" && keys !== undefined) facts.key = strings(keys);
  if (conname === undefined) return;
  if (contype === "CONSTR_PRIMARY") facts.keyName = conname;
  const requires = contype === "CONSTR_NOTNULL" ? strings(keys)[0] : requiredColumn(raw_expr);
  facts.constraints.set(conname, { validated: unchecked !== true, requires });
}

function followCommand(catalogue: Catalogue, command: AlterCommand): void {
  const { tables, forced } = catalogue;
  if (command.kind === "AT_ForceRowSecurity") forced.add(command.table);
  else if (command.kind === "AT_NoForceRowSecurity") forced.delete(command.table);
  const facts = tables.get(command.table);
  if (facts === undefined) return;
  const { kind, name, column, constraint } = command;
  if (kind === "AT_AddColumn" && column !== undefined) {
    followColumn(facts, column);
    if (constraintOf(column, "CONSTR_DEFAULT") !== undefined)
      catalogue.written.add(`${command.table}.${column.colname}`);
  }
  if (kind === "AT_DropColumn") forgetColumn(facts, name);
  else if (kind === "AT_SetNotNull") facts.required.add(name);
  else if (kind === "AT_DropNotNull") facts.required.delete(name);
  else if (kind === "AT_AlterColumnType") facts.columns.set(name, typeFacts(column?.typeName));
  else if (kind === "AT_AddConstraint" && constraint !== undefined)
    followConstraint(facts, constraint);
  else if (kind === "AT_DropConstraint") {
    facts.constraints.delete(name);
    if (name === facts.keyName) facts.key = [];
  } else if (kind === "AT_ValidateConstraint") {
    const known = facts.constraints.get(name);
    if (known !== undefined) known.validated = true;
  }
}

function forgetColumn(facts: TableFacts, name: string): void {
  facts.columns.delete(name);
  facts.required.delete(name);
}

function followRename({ tables, forced, policies }: Catalogue, rename: RenameStmt): void {
  const { renameType, relation, subname = "", newname = "" } = rename;
  if (relation === undefined) return;
  const key = tableKey(relation);
  const facts = tables.get(key);
  if (facts === undefined) return;
  if (renameType === "OBJECT_TABLE") {
    tables.delete(key);
    const renamed = tableKey({ ...relation, relname: newname });
    tables.set(renamed, facts);
    for (const known of [forced, policies]) if (known.delete(key)) known.add(renamed);
  } else if (renameType === "OBJECT_COLUMN") {
    const type = facts.columns.get(subname);
    if (facts.required.has(subname)) facts.required.add(newname);
    forgetColumn(facts, subname);
    if (type !== undefined) facts.columns.set(newname, type);
  } else if (renameType === "OBJECT_TABCONSTRAINT") {
    const known = facts.constraints.get(subname);
    facts.constraints.delete(subname);
    if (known !== undefined) facts.constraints.set(newname, known);
    if (facts.keyName === subname) facts.keyName = newname;
  }
}
