import { fitted, indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import { snakeCase } from "../../../ir/words.ts";
import type { ColumnShape, FunctionShape, IndexShape } from "../schema/shape.ts";
import { identifier, literal } from "../sql/quote.ts";

type SearchMethodIr = SearchViewIr["methods"][number];

/** A generated `tsvector` column: one per set of fields that a method of a view searches. */
export interface SearchColumn {
  readonly name: string;
  readonly view: SearchViewIr;
  readonly fields: readonly { readonly field: FieldIr; readonly label: WeightLabel }[];
}

export type WeightLabel = "A" | "B" | "C" | "D";
const labels: readonly WeightLabel[] = ["A", "B", "C", "D"];

/** Search views that this store serves on its own rows of an entity. */
export const searchViewsOf = (entity: EntityIr, store: StoreIr): readonly SearchViewIr[] =>
  store.views.filter(
    (view): view is SearchViewIr =>
      view.port === "search" && view.entity.name === entity.name && view.sourceStore === store.name,
  );

/**
 * The four labels of a `tsvector` for the view's weights: the heaviest is A. Beyond four different weights the lightest share D.
 * The numbers go back into the rank by {@link rankWeights}.
 */
export function weightLabel(view: SearchViewIr, weight: number): WeightLabel {
  return labels[Math.min(distinctWeights(view).indexOf(weight), 3)] ?? "D";
}

const distinctWeights = (view: SearchViewIr): readonly number[] =>
  [...new Set(view.fields.map((each) => each.weight))].toSorted((left, right) => right - left);

/** `{D, C, B, A}` as `ts_rank_cd` wants them: the heaviest is 1, the others in proportion. */
export function rankWeights(view: SearchViewIr): string {
  const weights = distinctWeights(view);
  const heaviest = weights[0] ?? 1;
  const share = (at: number): string =>
    String(Math.round(((weights[at] ?? 0) / (heaviest || 1)) * 10_000) / 10_000);
  return `{${share(3)}, ${share(2)}, ${share(1)}, ${share(0)}}`;
}

/** The column a method searches: shared by the methods that search the same fields. */
export function searchColumn(view: SearchViewIr, method: SearchMethodIr): SearchColumn {
  const texts = method.method.text;
  const first = view.methods.find((other) => sameFields(other.method.text, texts)) ?? method;
  const single = view.methods.every((other) => sameFields(other.method.text, texts));
  const stem = snakeCase(view.workload);
  return {
    name: fitted(single ? stem : `${stem}_${snakeCase(first.method.name)}`),
    view,
    fields: view.fields
      .filter((each) => texts.includes(each.field.name))
      .map((each) => ({ field: each.field, label: weightLabel(view, each.weight) })),
  };
}

const sameFields = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name) => right.includes(name));

/** The search columns of an entity, each once. */
export function searchColumns(entity: EntityIr, store: StoreIr): readonly SearchColumn[] {
  const made = new Map<string, SearchColumn>();
  for (const view of searchViewsOf(entity, store)) {
    for (const method of view.methods) {
      const column = searchColumn(view, method);
      made.set(column.name, column);
    }
  }
  return [...made.values()];
}

export const searchColumnShapes = (entity: EntityIr, store: StoreIr): readonly ColumnShape[] =>
  searchColumns(entity, store).map((column) => {
    const parts = column.fields.map(
      (each) => `setweight(${fieldVector(each.field, column.view.language)}, '${each.label}')`,
    );
    return {
      name: column.name,
      field: column.name,
      role: "search",
      type: "tsvector",
      nullable: true,
      value: { kind: "generated", expression: parts.join(" ||\n    ") },
      comment: `Search text of ${column.view.workload}; weights by field.`,
    };
  });

/** Joins the elements of an array for a text search; declared immutable, which the server's own function is not (it takes any type). */
export const textOfArray = "text_of_array";

/** Only immutable functions may stand in a generated column: hence the configuration as a literal, and an own function for arrays. */
function fieldVector(field: FieldIr, language: string): string {
  const column = identifier(field.column);
  const configuration = `${literal(language)}::regconfig`;
  if (field.type.kind === "json")
    return `jsonb_to_tsvector(${configuration}, coalesce(${column}, 'null'), '["string"]')`;
  const text = field.type.kind === "array" ? `${textOfArray}(${column})` : column;
  return `to_tsvector(${configuration}, ${field.nullable ? `coalesce(${text}, '')` : text})`;
}

export const searchesArrays = (store: StoreIr): boolean =>
  store.entities.some((entity) =>
    searchColumns(entity, store).some((column) =>
      column.fields.some((each) => each.field.type.kind === "array"),
    ),
  );

export const textOfArrayFunction: FunctionShape = {
  name: textOfArray,
  arguments: "text[]",
  definition: `create function ${textOfArray}(elements text[]) returns text
language sql immutable parallel safe
return array_to_string(elements, ' ');`,
  comment:
    "Elements as one text for a generated search column, which takes immutable functions only.",
};

export const searchIndexes = (entity: EntityIr, store: StoreIr): readonly IndexShape[] =>
  searchColumns(entity, store).map((column) => {
    const name = indexName(entity.table, [column.name]);
    return {
      name,
      unique: false,
      body: `using gin (${identifier(column.name)})`,
      comment: `Serves the full text search of ${column.view.workload}.`,
    };
  });
