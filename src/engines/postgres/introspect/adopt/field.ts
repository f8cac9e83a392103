import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueColumn } from "../../../families/sql/adopt/catalogue.ts";
import type { Filled } from "../../../families/sql/adopt/dialect.ts";
import { defaultSpec } from "./default.ts";

/** Types whose values the server makes out of others: a data layer has no use for them. */
const derived: ReadonlySet<string> = new Set(["tsvector", "tsquery"]);

/** Whether statements and the spec can name it: a statement's parameters are found in its text, quoted names included. */
export const isWritable = (name: string): boolean => !/\$\d|\{0\}|\p{Cc}/u.test(name);

/** Why a column is no field, or undefined. */
export function columnRefusal(
  { type, generated, identity }: CatalogueColumn,
  inKey: boolean,
): string | undefined {
  if (generated !== undefined) return `is computed as ${generated.expression}`;
  if (identity !== undefined && !inKey) return "is numbered by the database";
  return derived.has(type) ? `is a ${type}, which the database fills` : undefined;
}

export function valueOf(
  { default: expression, identity }: CatalogueColumn,
  type: Pick<FieldSpec, "type" | "values">,
  inKey: boolean,
): Filled {
  if (identity !== undefined && inKey)
    return {
      generated: "database",
      ...(identity === "always" && { stored: { identity } }),
    };
  if (expression === undefined) return {};
  if (inKey && type.type === "uuid" && expression === "gen_random_uuid()")
    return { generated: "database" };
  const made = defaultSpec(expression, type);
  if ("expression" in made) {
    return { stored: { default: made.expression } };
  }
  return made;
}

/** What a user of a field should know of its column. */
export function columnRemark({ type }: CatalogueColumn): string | undefined {
  if (type.startsWith("character(")) return "the column fills its values up with blanks";
  return type.startsWith("timestamp") && type.endsWith("without time zone")
    ? "the column keeps no time zone: its values are taken for UTC"
    : undefined;
}

/** An instant without a precision, or with one beyond milliseconds. */
export const isCut = ({ type }: CatalogueColumn): boolean =>
  /^timestamp(?:\([456]\))? with/.test(type);

export const uncutType = ({ type }: CatalogueColumn): string =>
  type.replace(/^timestamp(?:\(\d\))?/, "timestamp(3)");
