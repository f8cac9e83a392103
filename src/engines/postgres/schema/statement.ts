import { identifier, literal } from "../sql/quote.ts";
import { type IndexText, isShaped } from "./index-text.ts";

/** Statements over a table that stands: the small ones that several kinds of change are made of. */

export const alterTable = (table: string, action: string): string =>
  `alter table ${identifier(table)} ${action};`;

export const alterColumn = (table: string, column: string, action: string): string =>
  alterTable(table, `alter column ${identifier(column)} ${action}`);

export const dropColumn = (table: string, column: string): string =>
  alterTable(table, `drop column ${identifier(column)}`);

export const renameColumn = (table: string, from: string, to: string): string =>
  alterTable(table, `rename column ${identifier(from)} to ${identifier(to)}`);

const longestName = 63;

/**
 * The sequence of an identity column follows its table and column, as if it had been made under these names. Where the server has cut the
 * name short, or somebody gave another, it keeps it.
 */
export function renameSequence(
  from: { readonly table: string; readonly column: string },
  to: { readonly table: string; readonly column: string },
): readonly string[] {
  const [before, after] = [from, to].map(({ table, column }) => `${table}_${column}_seq`);
  if (before === undefined || after === undefined || before === after) return [];
  if ([before, after].some((name) => Buffer.byteLength(name) > longestName)) return [];
  return [`alter sequence if exists ${identifier(before)} rename to ${identifier(after)};`];
}

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

/** Answers whether a table's index is there, as it is meant, and whole: a broken concurrent build leaves one that is not. */
export const isWhole = (table: string, index: IndexText): string =>
  `select exists (select from pg_index where ${isIndexOf(table, index.name)} and indisvalid and indisready and ${isShaped(index)})`;

/** Answers whether nothing bears the name of an index but what a broken build of it left. */
export const isDebris = (table: string, index: IndexText): string =>
  `select to_regclass(${literal(identifier(index.name))}) is null or exists (select from pg_index where ${isIndexOf(table, index.name)} and not (indisvalid and indisready) and ${isShaped(index)})`;

export const isGone = (table: string, index: string): string =>
  `select not exists (select from pg_index where ${isIndexOf(table, index)})`;

/** Its name alone may be that of another table's. */
const isIndexOf = (table: string, index: string): string =>
  `indexrelid = to_regclass(${literal(identifier(index))}) and indrelid = to_regclass(${literal(identifier(table))})`;

export const regclass = (table: string): string => `${literal(identifier(table))}::regclass`;

/** Gives a column a value in every row, or in those that have none. */
export const updateRows = (table: string, column: string, value: string, where = ""): string =>
  `update ${identifier(table)} set ${identifier(column)} = ${value}${where === "" ? "" : ` where ${where}`};`;
