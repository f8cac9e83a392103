import { identifier, literal } from "../sql/quote.ts";
import { switchSecurity } from "./render.ts";
import type { TableShape } from "./shape.ts";

/** Statements over a table that stands: the small ones that several kinds of change are made of. */

export const alterTable = (table: string, action: string): string =>
  `alter table ${identifier(table)} ${action};`;

export const alterColumn = (table: string, column: string, action: string): string =>
  alterTable(table, `alter column ${identifier(column)} ${action}`);

export const dropColumn = (table: string, column: string): string =>
  alterTable(table, `drop column ${identifier(column)}`);

export const renameColumn = (table: string, from: string, to: string): string =>
  alterTable(table, `rename column ${identifier(from)} to ${identifier(to)}`);

export const renameConstraint = (table: string, from: string, to: string): string =>
  alterTable(table, `rename constraint ${identifier(from)} to ${identifier(to)}`);

export const renameIndex = (from: string, to: string): string =>
  `alter index ${identifier(from)} rename to ${identifier(to)};`;

export const dropIndex = (name: string): string => `drop index ${identifier(name)};`;

export const validate = (table: string, constraint: string): string =>
  alterTable(table, `validate constraint ${identifier(constraint)}`);

/** Answers whether a constraint holds for every row, and is known to. */
export const isValidated = (table: string, constraint: string): string =>
  `select exists (select from pg_constraint where conrelid = ${regclass(table)} and conname = ${literal(constraint)} and convalidated)`;

/** Answers whether an index is there and whole: a broken concurrent build leaves one that is not. */
export const isWhole = (index: string): string =>
  `select exists (select from pg_index where indexrelid = to_regclass(${literal(identifier(index))}) and indisvalid and indisready)`;

export const isGone = (index: string): string =>
  `select to_regclass(${literal(identifier(index))}) is null`;

export const regclass = (table: string): string => `${literal(identifier(table))}::regclass`;

/** Gives a column a value in every row, or in those that have none. */
export const updateRows = (table: string, column: string, value: string, where = ""): string =>
  `update ${identifier(table)} set ${identifier(column)} = ${value}${where === "" ? "" : ` where ${where}`};`;

/** Whoever owns a table is bound by its policies while they are forced, and would find no row to change. */
export const asOwner = (
  table: Pick<TableShape, "name">,
  security: TableShape["security"],
  statements: readonly string[],
): readonly string[] =>
  security === "forced" && statements.length > 0
    ? [switchSecurity(table.name, "no force"), ...statements, switchSecurity(table.name, "force")]
    : statements;
