import type { FieldIr } from "../ir/types.ts";
import type { Json } from "../spec/model.ts";
import { type FillColumn, limitsOf, mayNotRepeat } from "./fill-column.ts";

/** What stands in a suggestion where only the user can say a value. */
export const openPlace = "…";

/** What a suggestion gives the rows that are there, or what has to be said of a value that only the user knows. */
export type FillExample = { readonly constant: Json } | { readonly wanted: string };

/**
 * A value that a field's own rules let through, for an example that can be typed as it stands. A value that refers to something, that
 * may stand in one row only, or that a check of the user's judges, is left to the user.
 */
export function fillExample({ field, entity }: FillColumn): FillExample {
  const { reference, role } = field.source;
  if (reference !== undefined)
    return { wanted: `for each row the ${reference.field} of its ${reference.entity}` };
  if (role === "tenant") return { wanted: "for each row its tenant" };
  if (role === "ownerKey") return { wanted: "for each row its owner" };
  if (mayNotRepeat({ field, entity })) return { wanted: "another value for each row" };
  const check = entity?.checks.find(({ condition }) => names(condition, field));
  if (check !== undefined) return { wanted: `a value that ${check.condition} lets through` };
  const constant = constantOf(field);
  return constant === undefined ? { wanted: "a value that fits its type" } : { constant };
}

const names = (condition: string, { column }: FieldIr): boolean =>
  new Set(condition.split(/[^\p{L}\p{N}_]+/u)).has(column);

function constantOf(field: FieldIr): Json | undefined {
  const { type } = field;
  const { min, max } = limitsOf(field);
  switch (type.kind) {
    case "enum":
      return type.values[0];
    case "string":
    case "text":
      return "";
    case "int":
    case "bigint":
    case "decimal":
    case "float":
      return nearestToZero(min, max);
    case "boolean":
      return false;
    case "date":
      return String(min ?? max ?? "1970-01-01").slice(0, 10);
    case "timestamp":
      return String(min ?? max ?? "1970-01-01T00:00:00Z");
    case "json":
      return type.schema === undefined ? {} : undefined;
    case "array":
      return [];
    case "uuid":
    case "binary":
    case "vector":
      return undefined;
  }
}

function nearestToZero(min: number | string | undefined, max: number | string | undefined): Json {
  if (min !== undefined && Number(min) > 0) return min;
  return max !== undefined && Number(max) < 0 ? max : 0;
}

/** Text between the double quotes of a shell. */
export const shellQuoted = (text: string): string =>
  `"${text.replaceAll(/["$`\\]/g, String.raw`\$&`)}"`;

/** What follows the words of a hint that asks for a value: nothing where an example stands there. */
export const wantedText = (example: FillExample): string =>
  "wanted" in example ? ` (${example.wanted})` : "";
