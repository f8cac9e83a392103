import type { MigrationCommand } from "../../../../templates/engines/mongodb/migration-step.ts";
import type { Json } from "../../../spec/model.ts";
import { boundText } from "./bounds.ts";
import { type Place, shownPath, within } from "./expressions.ts";
import type { JsonObject, Property, Shape } from "./state.ts";

/**
 * Refusals of documents that a narrower validator would lock: the server checks a document only when it is written, so one that does not
 * fit would stay, and no code could change it any more.
 */
export function narrowingChecks(place: Place, from: Shape, to: Shape): readonly MigrationCommand[] {
  const own = Object.entries(to.properties).flatMap(([column, property]) =>
    refusals(place, column, from.properties[column], property),
  );
  const inner = Object.entries(to.children).flatMap(([name, child]) => {
    const before = from.children[name];
    const below = { ...place, lists: [...place.lists, name] };
    return before === undefined ? [] : narrowingChecks(below, before, child);
  });
  return [...own, ...inner];
}

function refusals(
  place: Place,
  column: string,
  before: Property | undefined,
  { schema }: Property,
): readonly MigrationCommand[] {
  const path = shownPath(place, column);
  const refuse = (condition: JsonObject, reason: string): MigrationCommand => ({
    refuse: place.collection,
    filter: within(place.lists, condition),
    reason: `${path} ${reason}`,
  });
  return Object.entries(schema).flatMap(([keyword, limit]) => {
    if (keyword === "bsonType" || sameJson(before?.schema[keyword], limit)) return [];
    const [condition, reason] = outside(column, keyword, limit);
    return [refuse(condition, reason)];
  });
}

const sameJson = (a: Json | undefined, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The condition of a value that breaks a limit. */
function outside(
  column: string,
  keyword: string,
  limit: Json,
): readonly [condition: JsonObject, reason: string] {
  switch (keyword) {
    case "enum":
      return [
        { [column]: { $exists: true, $nin: limit } },
        `is none of ${Array.isArray(limit) ? limit.join(", ") : ""}`,
      ];
    case "minimum":
      return [{ [column]: { $lt: limit } }, `is less than ${boundText(limit)}`];
    case "maximum":
      return [{ [column]: { $gt: limit } }, `is more than ${boundText(limit)}`];
    default:
      return [
        { $nor: [{ $jsonSchema: { properties: { [column]: { [keyword]: limit } } } }] },
        `is longer than ${String(limit)}`,
      ];
  }
}
