import type { EntityIr, IndexIr, StoreIr } from "../../../ir/types.ts";
import { identifier, identifiers, literal } from "../sql/quote.ts";
import { arrayFilterIndexes } from "./array-filter.ts";
import { columns } from "./naming.ts";
import { searchIndexes } from "./search.ts";
import { vectorIndexes } from "./vector.ts";

/** An index with the words that say what it is for. */
export interface IndexStatement {
  readonly name: string;
  readonly statement: string;
  readonly reason: string;
}

/** Every index of a table, each followed by its comment: declared ones, unique keys among live rows, those of the views. */
export function indexStatements(entity: EntityIr, store: StoreIr): readonly string[] {
  const all = [
    ...liveUniqueIndexes(entity),
    ...entity.indexes.map((index) => declaredIndex(entity, index)),
    ...arrayFilterIndexes(entity, store),
    ...searchIndexes(entity, store),
    ...vectorIndexes(entity, store),
  ];
  return all.flatMap((index) => [
    index.statement,
    `comment on index ${identifier(index.name)} is ${literal(index.reason)};`,
  ]);
}

function liveUniqueIndexes(entity: EntityIr): readonly IndexStatement[] {
  const { deletedAt } = entity;
  if (deletedAt === undefined) return [];
  return entity.unique.map((unique) => ({
    name: unique.name,
    statement:
      `create unique index ${identifier(unique.name)} on ${identifier(entity.table)} (${identifiers(columns(unique.fields))}) ` +
      `where ${identifier(deletedAt.column)} is null;`,
    reason: `Unique among the rows that are not deleted.`,
  }));
}

function declaredIndex(entity: EntityIr, index: IndexIr): IndexStatement {
  const terms = index.terms.map((term) => {
    if ("expression" in term) return `(${term.expression})`;
    return term.direction === "desc" && isOrdered(index)
      ? `${identifier(term.field.column)} desc`
      : identifier(term.field.column);
  });
  const method =
    index.method === undefined || index.method === "btree" ? "" : ` using ${index.method}`;
  const condition = conditionOf(entity, index);
  return {
    name: index.name,
    statement:
      `create ${index.unique ? "unique " : ""}index ${identifier(index.name)} on ${identifier(entity.table)}${method} ` +
      `(${terms.join(", ")})${condition === undefined ? "" : ` where ${condition}`};`,
    reason: index.reason,
  };
}

const isOrdered = (index: IndexIr): boolean =>
  index.method === undefined || index.method === "btree";

/**
 * Every statement leaves deleted rows out, so an index need not hold them; but the check of a foreign key looks at all rows, so one that
 * begins with a reference holds all.
 */
function conditionOf(entity: EntityIr, index: IndexIr): string | undefined {
  const first = index.terms[0];
  const serves =
    first !== undefined && "field" in first && first.field.source.reference !== undefined;
  const live =
    entity.deletedAt === undefined || serves
      ? undefined
      : `${identifier(entity.deletedAt.column)} is null`;
  if (index.where === undefined) return live;
  return live === undefined ? index.where : `(${index.where}) and ${live}`;
}
