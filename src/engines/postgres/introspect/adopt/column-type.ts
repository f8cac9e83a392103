import type { LogicalType } from "../../../../spec/model.ts";
import { elementTypes } from "../../../../spec/schema-entity.ts";
import type { TypeSpec } from "../../../families/sql/adopt/dialect.ts";
import { identifier } from "../../sql/quote.ts";
import { columnType } from "../../types.ts";
import type { Catalogue } from "../catalogue.ts";
import { boundsOf } from "../../../families/sql/conditions.ts";

/** Most bytes of an entry in a B-tree: no key is longer. Source: manual, "B-Tree Indexes", a third of a page. */
const longestKey = 2700;

const scalars: Readonly<Record<string, TypeSpec["type"]>> = {
  uuid: "uuid",
  text: "text",
  "character varying": "text",
  smallint: "int",
  integer: "int",
  bigint: "bigint",
  real: "float",
  "double precision": "float",
  boolean: "boolean",
  date: "date",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamp",
  json: "json",
  jsonb: "json",
  bytea: "binary",
};

/**
 * The type of a column in the words of the spec. A type that it has no word for travels as its text, which every type has.
 *
 * @param type as the server writes it
 * @param inKey part of a key or of a unique constraint, where the spec wants a string with a limit
 */
export function typeSpecOf(type: string, catalogue: Catalogue, inKey: boolean): TypeSpec {
  const logical = logicalType(type, catalogue);
  // A limit that the column does not have: with its own type named, no check is taken to be there.
  if (inKey && logical.type === "text")
    return { type: "string", max: longestKey, stored: { type } };
  return stored(logical) === type ? logical : { ...logical, stored: { type } };
}

function logicalType(type: string, catalogue: Catalogue): TypeSpec {
  const domain = catalogue.domains.find(({ name }) => identifier(name) === type);
  if (domain !== undefined) {
    const base = logicalType(domain.type, catalogue);
    const conditions = domain.checks.map(({ definition }) => definition);
    return isNumber(base) ? { ...base, ...boundsOf("value", conditions) } : base;
  }
  const listed = catalogue.enums.find(({ name }) => identifier(name) === type);
  if (listed !== undefined && !listed.values.includes(""))
    return { type: "enum", values: [...listed.values] };
  if (type.endsWith("[]")) return arrayType(type.slice(0, -2), catalogue);
  const [, word = type, limits = "", rest = ""] = /^([a-z ]+?)\(([\d,-]+)\)(.*)$/.exec(type) ?? [];
  const [first = 0, second = 0] = limits.split(",").map(Number);
  switch (word + rest) {
    case "character varying":
      return limits === "" ? { type: "text" } : { type: "string", max: first };
    case "character":
      return { type: "string", max: Math.max(1, first) };
    case "numeric":
      return decimal(limits === "", first, second);
    case "vector":
      return { type: "vector", dimensions: first };
    default:
      return { type: scalars[word + rest] ?? "text" };
  }
}

/** `numeric` without limits holds 131,072 digits; a field has to name some. */
function decimal(bare: boolean, precision: number, scale: number): TypeSpec {
  if (bare) return { type: "decimal", precision: 60, scale: 20 };
  return scale < 0 || scale > precision ? { type: "text" } : { type: "decimal", precision, scale };
}

function arrayType(element: string, catalogue: Catalogue): TypeSpec {
  const { type } = logicalType(element, catalogue);
  const of = elementTypes.find((known) => known === type);
  return { type: "array", of: of ?? "text" };
}

const isNumber = ({ type }: TypeSpec): boolean =>
  ["int", "bigint", "decimal", "float"].includes(type);

/** The column type that the spec's words alone would make, as the server writes it. */
function stored(spec: TypeSpec): string {
  const made = columnType(logical(spec)).replace(", ", ",");
  return made.replace(/^timestamptz\((\d)\)/, "timestamp($1) with time zone");
}

function logical(spec: TypeSpec): LogicalType {
  switch (spec.type) {
    case "string":
      return { kind: "string", max: Number(spec.max) };
    case "decimal":
      return { kind: "decimal", precision: spec.precision ?? 1, scale: spec.scale ?? 0 };
    case "enum":
      return { kind: "enum", values: spec.values ?? [] };
    case "array":
      return { kind: "array", of: spec.of ?? "text" };
    case "vector":
      return { kind: "vector", dimensions: spec.dimensions ?? 1, metric: "cosine" };
    default:
      return { kind: spec.type };
  }
}
