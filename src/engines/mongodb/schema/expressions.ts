import type { Json } from "../../../spec/model.ts";
import type { MigrationCommand } from "../../../../templates/engines/mongodb/migration-step.ts";
import type { JsonObject } from "./state.ts";

type UpdateMany = Extract<MigrationCommand, { readonly updateMany: string }>;

/** Where a property lies: the lists of embedded documents on the way to it, none for one of the document itself. */
export interface Place {
  readonly collection: string;
  readonly lists: readonly string[];
  /** Of a history: the collection whose documents it holds, each under {@link recordedState}. */
  readonly recordedOf?: string;
}

/** Property of a recorded change that holds the document. Source: templates/engines/mongodb/history.ts. */
const recordedState = "state";

/** Where a property of the document stands in what the collection holds. */
export const stored = ({ recordedOf }: Place, property: string): string =>
  recordedOf === undefined ? property : `${recordedState}.${property}`;

/** What a property becomes. Source: MongoDB manual, "Updates with Aggregation Pipeline". */
export type Value =
  /** The same value in every document. */
  | { readonly constant: Json }
  /** An aggregation expression; gives the fields of the (embedded) document by `of`. */
  | { readonly expression: (of: (column: string) => string) => Json };

/** `sections.text`, for people. */
export const shownPath = ({ lists }: Place, column: string): string => [...lists, column].join(".");

/** `articles.sections.text`, as `--set` names it; what was recorded gets what the documents get. */
export const askedPath = (place: Place, column: string): string =>
  `${place.recordedOf ?? place.collection}.${shownPath(place, column)}`;

/** An expression over the fields of a document, wherever it stands. Source: MongoDB manual, "Variables in Aggregation Expressions", CURRENT. */
export const overDocument = ({ recordedOf }: Place, expression: Json): Json =>
  recordedOf === undefined
    ? expression
    : { $let: { vars: { CURRENT: `$${recordedState}` }, in: expression } };

/** Sets a property wherever the condition on its (embedded) document holds. */
export function setEach(
  place: Place,
  column: string,
  value: Value,
  condition: JsonObject,
): UpdateMany {
  const filter = found(place, condition);
  const path = stored(place, column);
  if (place.lists.length === 0 && "constant" in value)
    return { updateMany: place.collection, filter, update: { $set: { [path]: value.constant } } };
  const made = (path: (column: string) => string): Json =>
    "constant" in value ? { $literal: value.constant } : value.expression(path);
  if (place.lists.length === 0) {
    const update = [{ $set: { [path]: made((name) => `$${stored(place, name)}`) } }];
    return { updateMany: place.collection, filter, update };
  }
  return overItems(place, filter, (item) => {
    const changed = { $mergeObjects: [item, { [column]: made((name) => `${item}.${name}`) }] };
    return { $cond: [conditionOf(condition, item), changed, item] };
  });
}

/** Removes a property wherever it is. */
export function unsetEach(place: Place, column: string): UpdateMany {
  const filter = found(place, { [column]: { $exists: true } });
  if (place.lists.length === 0)
    return {
      updateMany: place.collection,
      filter,
      update: { $unset: { [stored(place, column)]: "" } },
    };
  return overItems(place, filter, (item) => ({ $unsetField: { field: column, input: item } }));
}

/**
 * Moves a property to another name in one change of each document; for embedded ones there is no operator that renames.
 *
 * @param value what it becomes on the way; the value as it is where none is given
 */
export function moveEach(place: Place, from: string, to: string, value?: Value): UpdateMany {
  const condition = {
    [from]: { $exists: true },
    // A document that has both is asked about first (renamed.ts); what was recorded of it has to stay readable.
    ...(place.recordedOf === undefined ? {} : { [to]: { $exists: false } }),
  };
  const filter = found(place, condition);
  const made = (path: (column: string) => string): Json => {
    if (value === undefined) return path(from);
    return "constant" in value ? { $literal: value.constant } : value.expression(path);
  };
  if (place.lists.length > 0)
    return overItems(place, filter, (item) => {
      const both = { $mergeObjects: [item, { [to]: made((name) => `${item}.${name}`) }] };
      const moved = { $unsetField: { field: from, input: both } };
      return { $cond: [conditionOf(condition, item), moved, item] };
    });
  const [old, now] = [stored(place, from), stored(place, to)];
  const update =
    value === undefined
      ? { $rename: { [old]: now } }
      : [{ $set: { [now]: made((name) => `$${stored(place, name)}`) } }, { $unset: old }];
  return { updateMany: place.collection, filter, update };
}

/** A condition on an embedded document as one on the whole. */
export const within = (lists: readonly string[], condition: JsonObject): JsonObject =>
  lists.reduceRight<JsonObject>((inner, list) => ({ [list]: { $elemMatch: inner } }), condition);

/** The filter of what holds a document for which a condition is true. */
export const found = (place: Place, condition: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(within(place.lists, condition)).map(([property, test]) => [
      stored(place, property),
      test,
    ]),
  );

/** The filter of what holds a document for which an expression is true; no `$elemMatch` holds one. Source: MongoDB manual, "$expr". */
export function foundBy(place: Place, test: (of: (column: string) => string) => Json): JsonObject {
  const [first, ...rest] = place.lists;
  if (first === undefined) return { $expr: test((name) => `$${stored(place, name)}`) };
  return { $expr: anyItem(`$${stored(place, first)}`, rest, test, 0) };
}

function anyItem(
  list: string,
  lists: readonly string[],
  test: (of: (column: string) => string) => Json,
  depth: number,
): Json {
  const name = `item${depth}`;
  const item = `$$${name}`;
  const [next, ...rest] = lists;
  const tested =
    next === undefined
      ? test((column) => `${item}.${column}`)
      : anyItem(`${item}.${next}`, rest, test, depth + 1);
  return {
    $anyElementTrue: [{ $map: { input: { $ifNull: [list, []] }, as: name, in: tested } }],
  };
}

/** A schema of one property as one of the whole. */
export function schemaAt(place: Place, column: string, schema: JsonObject): JsonObject {
  const properties = (name: string, inner: JsonObject): JsonObject => ({
    properties: { [name]: inner },
  });
  const document = place.lists.reduceRight<JsonObject>(
    (inner, list) => properties(list, { items: inner }),
    properties(column, schema),
  );
  return place.recordedOf === undefined ? document : properties(recordedState, document);
}

function overItems(place: Place, filter: JsonObject, change: (item: string) => Json): UpdateMany {
  const [first = "", ...rest] = place.lists;
  const list = stored(place, first);
  const update = [{ $set: { [list]: mapped(`$${list}`, rest, change, 0) } }];
  return { updateMany: place.collection, filter, update };
}

function mapped(
  input: string,
  lists: readonly string[],
  change: (item: string) => Json,
  depth: number,
): Json {
  const name = `item${depth}`;
  const item = `$$${name}`;
  const [next, ...rest] = lists;
  const made =
    next === undefined
      ? change(item)
      : {
          $mergeObjects: [item, { [next]: mapped(`${item}.${next}`, rest, change, depth + 1) }],
        };
  // A list that is missing inside of an item would become null.
  return { $map: { input: depth === 0 ? input : { $ifNull: [input, []] }, as: name, in: made } };
}

/** The conditions that this planner makes, as expressions: a property is there, is not, is null or missing, or is of a type. */
function conditionOf(condition: JsonObject, item: string): Json {
  const terms = Object.entries(condition).map(([column, test]): Json => {
    const type = { $type: `${item}.${column}` };
    if (test === null) return { $in: [type, ["missing", "null", "undefined"]] };
    if (typeof test !== "object" || Array.isArray(test))
      return { $eq: [`${item}.${column}`, test] };
    const { $exists: exists, $type: types } = test as JsonObject;
    return types === undefined
      ? { [exists === true ? "$ne" : "$eq"]: [type, "missing"] }
      : { $in: [type, types] };
  });
  return terms.length === 1 ? (terms[0] ?? true) : { $and: terms };
}
