import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, IndexIr, StoreIr } from "../../../ir/types.ts";
import { columns } from "../../families/sql/naming.ts";
import { tenantKeyOf } from "../../families/sql/tenant-keys.ts";
import type { Dialect } from "../dialect.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { columnBytes, isUnlimited } from "../types.ts";
import { elementIndexes } from "./element-index.ts";
import { liveColumn } from "./naming.ts";
import { searchIndexes } from "./search.ts";

/** MY-01: bytes of a key; a longer text is indexed by its first characters. */
export const keyBytes = 3_072;
/** So many characters of a longer text go into an index. */
export const prefixCharacters = 191;

/** Every index of a table: unique keys, declared ones, those of filters by an element and of the search views. */
export const indexesOf = (
  entity: EntityIr,
  store: StoreIr,
  dialect: Dialect,
): readonly IndexShape[] => [
  ...uniqueKeys(entity),
  ...tenantKey(entity, store),
  ...entity.indexes.map((index) => declaredIndex(index, dialect)),
  ...(dialect.elementIndexes ? elementIndexes(entity, store) : []),
  ...searchIndexes(entity, store),
];

/** With soft delete a unique key holds among the rows that are there: a deleted one is null in its last column. */
const uniqueKeys = (entity: EntityIr): readonly IndexShape[] =>
  entity.unique.map(({ name, fields }) => {
    const own = [...columns(fields), ...(entity.deletedAt === undefined ? [] : [liveColumn])];
    return {
      name,
      kind: "unique",
      body: `(${own.map(identifier).join(", ")})`,
      columns: own,
      comment:
        entity.deletedAt === undefined ? "Unique." : "Unique among the rows that are not deleted.",
    };
  });

/** What references within a tenant lead to. */
function tenantKey(entity: EntityIr, store: StoreIr): readonly IndexShape[] {
  const key = tenantKeyOf(entity, store);
  if (key === undefined) return [];
  const comment = "References within a tenant lead here.";
  return [{ ...key, kind: "unique", body: `(${identifiers(key.columns)})`, comment }];
}

/**
 * An index has no condition here (MY-16): it holds every row, and serves the same reads. Where none of its parts may descend, it serves an
 * order that does by being read backwards, and a mixed one up to its first change of direction.
 */
function declaredIndex(index: IndexIr, { descendingKeys }: Dialect): IndexShape {
  const own = index.terms.flatMap((term) => ("field" in term ? [term.field.column] : []));
  if (index.method === "fulltext")
    return {
      name: index.name,
      kind: "fulltext",
      body: `(${identifiers(own)})`,
      columns: own,
      comment: index.reason,
    };
  const terms = index.terms.map((term) =>
    "expression" in term
      ? `(${term.expression})`
      : `${indexedColumn(term.field)}${descendingKeys && term.direction === "desc" ? " desc" : ""}`,
  );
  return {
    name: index.name,
    kind: index.unique ? "unique" : "plain",
    body: `(${terms.join(", ")})`,
    columns: own,
    comment: index.where === undefined ? index.reason : `${index.reason}; holds every row`,
  };
}

/** Only the beginning of a long text goes into a key. */
const indexedColumn = ({ column, type }: FieldIr): string =>
  isUnlimited(type) || columnBytes(type) > keyBytes
    ? `${identifier(column)}(${prefixCharacters})`
    : identifier(column);

/** The index that a foreign key needs, when the table has none that begins with its columns: MySQL makes one otherwise, and its name is not ours. */
export const foreignKeyIndex = (table: string, own: readonly string[]): IndexShape => ({
  name: indexName(table, own),
  kind: "plain",
  body: `(${own.map(identifier).join(", ")})`,
  columns: own,
  comment: "Serves the check of the foreign key.",
});
