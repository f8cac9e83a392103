import type { Json } from "../../../spec/model.ts";

/** A value of the spec as the data layer stores it, in Extended JSON. */
export function stored(value: Json, kind: string): Json {
  if (Array.isArray(value))
    return value.map((one: Json) =>
      kind === "json" ? one : stored(one, kind === "vector" ? "float" : kind),
    );
  const tag = tags[kind];
  return tag === undefined || kind === "int" || isTagged(value, tag)
    ? value
    : { [tag]: String(value) };
}

/** Extended JSON of the values that plain JSON does not tell apart. Source: MongoDB manual, "MongoDB Extended JSON (v2)". */
const tags: Readonly<Record<string, string>> = {
  int: "$numberInt",
  bigint: "$numberLong",
  decimal: "$numberDecimal",
  float: "$numberDouble",
  timestamp: "$date",
  binary: "$binary",
};

/** Whether a value is Extended JSON of a kind, which no other kind is written as. */
export const isExtended = (value: Json, kind: string): boolean => {
  const tag = tags[kind];
  return tag !== undefined && isTagged(value, tag);
};

export const isTagged = (value: Json, tag: string): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value) && tag in value;

/** A number or moment out of its Extended JSON. */
export function plain(value: Json): Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const [only, ...more] = Object.entries(value);
  return more.length === 0 && /^\$(?:number|date)/.test(only?.[0] ?? "")
    ? (only?.[1] ?? value)
    : value;
}
