import type { Json } from "../../../spec/model.ts";
import { accepts } from "../schema/validator.ts";
import type { JsonObject } from "../schema/state.ts";

/** What of a document the later validator refuses and the earlier one took: `note is required`, `items.no`. */
export function tightened(before: JsonObject, after: JsonObject): readonly string[] {
  return between(schemaOf(before), schemaOf(after), "");
}

const schemaOf = (validator: JsonObject): JsonObject => objectOf(validator["$jsonSchema"]);

function between(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  const wanted = listOf(before["required"]);
  const required = listOf(after["required"])
    .filter((name) => !wanted.includes(name))
    .map((name) => `${path}${String(name)} is required`);
  const [old, now] = [objectOf(before["properties"]), objectOf(after["properties"])];
  return [
    ...required,
    ...Object.entries(now).flatMap(([name, schema]) =>
      property(old[name], objectOf(schema), `${path}${name}`),
    ),
  ];
}

function property(before: Json | undefined, after: JsonObject, path: string): readonly string[] {
  // Nothing was asked of a property that the earlier one does not name.
  if (before === undefined) return [];
  if (after["items"] !== undefined)
    return between(objectOf(objectOf(before)["items"]), objectOf(after["items"]), `${path}.`);
  return accepts(after, objectOf(before)) ? [] : [`${path} takes fewer values`];
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
