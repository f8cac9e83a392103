import type { EntityIr, IndexIr, StoreIr } from "../../../ir/types.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { arrayFilterIndexes } from "./array-filter.ts";
import { columns } from "./naming.ts";
import { searchIndexes } from "./search.ts";
import { vectorIndexes } from "./vector.ts";

/** Every index of a table: unique keys among live rows, declared ones, those of the views. */
export const indexesOf = (entity: EntityIr, store: StoreIr): readonly IndexShape[] => [
  ...liveUniqueIndexes(entity),
  ...entity.indexes.map((index) => declaredIndex(entity, index)),
  ...arrayFilterIndexes(entity, store),
  ...searchIndexes(entity, store),
  ...vectorIndexes(entity, store),
];

function liveUniqueIndexes(entity: EntityIr): readonly IndexShape[] {
  const { deletedAt } = entity;
  if (deletedAt === undefined) return [];
  return entity.unique.map((unique) => ({
    name: unique.name,
    unique: true,
    body: `(${identifiers(columns(unique.fields))}) where ${identifier(deletedAt.column)} is null`,
    comment: "Unique among the rows that are not deleted.",
  }));
}

function declaredIndex(entity: EntityIr, index: IndexIr): IndexShape {
  const terms = index.terms.map((term) => {
    if ("expression" in term) return `(${term.expression})`;
    return term.direction === "desc" && isOrdered(index)
      ? `${identifier(term.field.column)} desc`
      : identifier(term.field.column);
  });
  const method =
    index.method === undefined || index.method === "btree" ? "" : `using ${index.method} `;
  const condition = conditionOf(entity, index);
  return {
    name: index.name,
    unique: index.unique,
    body: `${method}(${terms.join(", ")})${condition === undefined ? "" : ` where ${condition}`}`,
    comment: index.reason,
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
