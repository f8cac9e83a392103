import { fitted, indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import type { Dialect } from "../dialect.ts";
import type { ColumnShape, IndexShape } from "../schema/shape.ts";
import { identifier, identifiers } from "../sql/quote.ts";

type SearchMethodIr = SearchViewIr["methods"][number];

/** Search views that this store serves on its own rows of an entity. */
const searchViewsOf = (entity: EntityIr, store: StoreIr): readonly SearchViewIr[] =>
  store.views.filter(
    (view): view is SearchViewIr =>
      view.port === "search" && view.entity.name === entity.name && view.sourceStore === store.name,
  );

/** Column that a field is searched by: its text under a collation that overlooks case and accents (MY-11). */
export const searchColumn = (field: FieldIr): string => fitted(`${field.column}_search`);

/** The fields of one weight, or of all: what one `match` looks into. */
export interface SearchGroup {
  readonly columns: readonly string[];
  readonly weight: number;
}

/** Everything a method searches. */
export const searchedGroup = (view: SearchViewIr, method: SearchMethodIr): SearchGroup => ({
  columns: searchedFields(view, method).map(({ field }) => searchColumn(field)),
  weight: 1,
});

/** What a method searches by weight, heaviest first: each is ranked apart. */
export function weightGroups(view: SearchViewIr, method: SearchMethodIr): readonly SearchGroup[] {
  const fields = searchedFields(view, method);
  const weights = [...new Set(fields.map(({ weight }) => weight))].toSorted((a, b) => b - a);
  return weights.map((weight) => ({
    weight,
    columns: fields
      .filter((each) => each.weight === weight)
      .map(({ field }) => searchColumn(field)),
  }));
}

const searchedFields = (view: SearchViewIr, method: SearchMethodIr): SearchViewIr["fields"] =>
  view.fields.filter(({ field }) => method.method.text.includes(field.name));

/** A kept copy of each searched field: an index over a computed value that is not kept is none of InnoDB's full text (MY-11). */
export function searchColumnShapes(
  entity: EntityIr,
  store: StoreIr,
  { searchCollation }: Dialect,
): readonly ColumnShape[] {
  const fields = new Map(
    searchViewsOf(entity, store).flatMap((view) =>
      view.methods.flatMap((method) =>
        searchedFields(view, method).map(({ field }) => [field.name, field] as const),
      ),
    ),
  );
  return [...fields.values()].map((field) => ({
    name: searchColumn(field),
    field: searchColumn(field),
    role: "search",
    type: `longtext character set utf8mb4 collate ${searchCollation}`,
    nullable: true,
    value: { kind: "generated", expression: searchedText(field), stored: true },
    comment: `Text of ${field.column} for full text search.`,
  }));
}

/** The text of a list or of JSON is its JSON, whose punctuation parts the words. */
function searchedText({ type, column }: FieldIr): string {
  const own = identifier(column);
  return type.kind === "array" || type.kind === "json" ? `cast(${own} as char)` : own;
}

/** A full text index answers for exactly its columns: one for all that a method searches, one for each weight. */
export function searchIndexes(entity: EntityIr, store: StoreIr): readonly IndexShape[] {
  const made = new Map<string, IndexShape>();
  for (const view of searchViewsOf(entity, store)) {
    for (const method of view.methods) {
      for (const { columns } of [searchedGroup(view, method), ...weightGroups(view, method)]) {
        const name = indexName(entity.table, columns);
        made.set(name, {
          name,
          kind: "fulltext",
          body: `(${identifiers(columns)})`,
          columns,
          comment: `Serves the full text search of ${view.workload}.`,
        });
      }
    }
  }
  return [...made.values()];
}
