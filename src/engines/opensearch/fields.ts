import { inThousands } from "../../ir/digits.ts";
import type { FieldIr } from "../../ir/types.ts";
import type { FieldType } from "../../spec/model.ts";
import type { StoredType } from "../engine.ts";

/** What a view does with a field. */
export interface FieldUse {
  readonly searched: boolean;
  readonly filtered: boolean;
  readonly facet: boolean;
}

type Mapping = Readonly<Record<string, unknown>>;

/** A longer value is kept, and found by its words, but not by itself: one term holds 32,766 bytes. */
const longestExact = 8_191;
const exactText = { type: "keyword", ignore_above: longestExact } as const;
const moment = { type: "date", format: "strict_date_optional_time" } as const;

/** Digits that a double keeps, which is what the server reads a number with a fraction as. */
export const exactDigits = 15;

const scalars: Readonly<Record<string, Mapping>> = {
  uuid: exactText,
  string: exactText,
  text: exactText,
  enum: exactText,
  int: { type: "integer" },
  bigint: { type: "long" },
  float: { type: "double" },
  boolean: { type: "boolean" },
  date: { type: "date", format: "strict_date" },
  timestamp: moment,
};

/** What holds a field's values as they are compared; undefined for one that is not compared. */
function comparedMapping(type: FieldType): Mapping | undefined {
  if (type.kind === "array") return type.of === "decimal" ? undefined : scalars[type.of];
  if (type.kind === "decimal") return { type: "scaled_float", scaling_factor: 10 ** type.scale };
  return scalars[type.kind];
}

/** Numbers that JSON holds as text are counted as that text, which loses no digit. */
const countedAsText = ({ type }: FieldIr): boolean =>
  type.kind === "bigint" ||
  type.kind === "decimal" ||
  (type.kind === "array" && (type.of === "bigint" || type.of === "decimal"));

/** Mapping of one property of an item; undefined when the view only gives it back. */
export function mappingOf(field: FieldIr, use: FieldUse, offsets: boolean): Mapping | undefined {
  const compared = use.filtered || use.facet ? comparedMapping(field.type) : undefined;
  if (use.searched) {
    const text = {
      type: "text",
      analyzer: "searched",
      // Read by the highlighter, which would analyse the text again otherwise.
      ...(offsets ? { index_options: "offsets" } : {}),
    };
    return compared === undefined ? text : { ...text, fields: { exact: compared } };
  }
  if (compared === undefined) return undefined;
  return use.facet && countedAsText(field)
    ? { ...compared, fields: { counted: exactText } }
    : compared;
}

/** Path by which a field is compared. */
export const comparedPath = ({ name }: FieldIr, { searched }: FieldUse): string =>
  `item.${name}${searched ? ".exact" : ""}`;

/** Path whose values a facet counts. */
export const facetPath = (field: FieldIr, use: FieldUse): string =>
  countedAsText(field) ? `item.${field.name}.counted` : comparedPath(field, use);

/** How the descriptor shows a type. */
export function storedType(type: FieldType): StoredType {
  if (type.kind === "vector") return { column: `knn_vector(${type.dimensions})` };
  const mapping = comparedMapping(type);
  const column = typeof mapping?.["type"] === "string" ? mapping["type"] : "JSON";
  if (type.kind === "decimal" && type.precision > exactDigits)
    return { column, lossy: `filters compare ${exactDigits} digits; the value itself is kept` };
  if (column === "keyword" && mayBeLong(type))
    return {
      column,
      lossy: `filters and facets know texts of up to ${inThousands(longestExact)} characters; a longer one is kept, and found by its words`,
    };
  return { column };
}

const mayBeLong = (type: FieldType): boolean =>
  type.kind === "text" || (type.kind === "string" && (type.max ?? Infinity) > longestExact);
