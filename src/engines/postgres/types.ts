import type { FieldIr } from "../../ir/types.ts";
import type { ArrayElement, FieldType } from "../../spec/model.ts";
import type { StoredType } from "../engine.ts";

const scalars = {
  uuid: "uuid",
  string: "text",
  text: "text",
  int: "integer",
  bigint: "bigint",
  float: "double precision",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamptz(3)",
  json: "jsonb",
  binary: "bytea",
  enum: "text",
} as const satisfies Record<Exclude<FieldType["kind"], "decimal" | "array" | "vector">, string>;

const elements: Readonly<Record<ArrayElement, string>> = { ...scalars, decimal: "numeric" };

/**
 * Column type of a logical type.
 *
 * `string` and `enum` are `text` with a check: a longer limit or another value is then one constraint exchanged (`NOT VALID`, then
 * `VALIDATE`), where `varchar(n)` cannot shrink without a rewrite and a value never leaves an enum type; a violation also comes back with
 * the constraint's name.
 */
export function columnType(type: FieldType): string {
  if (type.native !== undefined) return type.native;
  switch (type.kind) {
    case "decimal":
      return `numeric(${type.precision}, ${type.scale})`;
    case "array":
      return `${elements[type.of]}[]`;
    case "vector":
      return `vector(${type.dimensions})`;
    default:
      return scalars[type.kind];
  }
}

/** Type a bound parameter is cast to where PostgreSQL cannot infer it: without precision, so that nothing is rounded silently. */
export function parameterType(type: FieldType): string {
  if (type.native !== undefined) return withoutLimit(type.native);
  if (type.kind === "decimal") return "numeric";
  if (type.kind === "timestamp") return "timestamptz";
  if (type.kind === "array" && type.of === "timestamp") return "timestamptz[]";
  return type.kind === "vector" ? "vector" : columnType(type);
}

/** A cast to `varchar(3)` cuts without a word, one to a bare `character` leaves one; the column itself refuses what is too long. */
function withoutLimit(native: string): string {
  const bare = native.replace(/\s*\(\s*-?\d+(?:\s*,\s*-?\d+)?\s*\)/, "");
  if (/^(?:character|char)(?=$|\[)/i.test(bare)) return bare.replace(/^\w+/, "bpchar");
  return /^bit(?=$|\[)/i.test(bare) ? bare.replace(/^\w+/, "bit varying") : bare;
}

/** {@link columnType} as the descriptor gives it, with what gets lost. */
export function storedType(type: FieldType, _field: FieldIr): StoredType {
  const column = columnType(type);
  if (type.kind === "timestamp")
    return { column, lossy: "microseconds: what a Date holds is kept" };
  if (type.kind === "json")
    return { column, lossy: "the order of an object's keys and repeated keys" };
  return { column };
}
