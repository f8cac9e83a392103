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
  return takes(after, objectOf(before)) ? [] : [`${path} takes fewer values`];
}

/** Between two versions a validator names the schemas of both. */
function takes(wide: JsonObject, narrow: JsonObject): boolean {
  const narrower = listOf(narrow["anyOf"]);
  if (narrower.length > 0) return narrower.every((one) => takes(wide, objectOf(one)));
  const wider = listOf(wide["anyOf"]);
  return wider.length === 0
    ? accepts(wide, narrow)
    : wider.some((one) => takes(objectOf(one), narrow));
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
