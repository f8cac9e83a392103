import { columnMapping } from "../../../../migrate/baseline/names.ts";
import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { Catalogue, CatalogueColumn, CatalogueTable } from "../catalogue.ts";
import { boundsOf } from "../../../families/sql/conditions.ts";
import { typeSpecOf } from "./column-type.ts";
import { defaultSpec } from "./default.ts";

/** What is known of a column beside itself. */
export interface FieldPlace {
  readonly catalogue: Catalogue;
  readonly table: CatalogueTable;
  readonly name: string;
  readonly inKey: boolean;
  readonly isUnique: boolean;
}

/** Types whose values the server makes out of others: a data layer has no use for them. */
const derived: ReadonlySet<string> = new Set(["tsvector", "tsquery"]);

/** Whether statements and the spec can name it: a statement's parameters are found in its text, quoted names included. */
export const isWritable = (name: string): boolean => !/\$\d|\{0\}|\p{Cc}/u.test(name);

/** Why a column is no field, or undefined. */
export function columnRefusal(
  { name, type, generated, identity }: CatalogueColumn,
  inKey: boolean,
): string | undefined {
  if (!isWritable(name)) return "has a name that cannot stand in a statement";
  if (generated !== undefined) return `is computed as ${generated.expression}`;
  if (identity !== undefined && !inKey) return "is numbered by the database";
  return derived.has(type) ? `is a ${type}, which the database fills` : undefined;
}

/** A column as a field, without its references. */
export function fieldSpecOf(column: CatalogueColumn, place: FieldPlace): FieldSpec {
  const { catalogue, table, name, inKey, isUnique } = place;
  const { stored, ...type } = typeSpecOf(column.type, catalogue, inKey || isUnique);
  const filled = valueOf(column, { ...type, ...(stored && { stored }) }, inKey);
  const mapping = columnMapping(name, column.name);
  const storedAs = { ...stored, ...filled.stored };
  const { stored: _, ...value } = filled;
  const bounds = stored === undefined ? {} : columnBounds(column, table, type.type);
  return {
    ...type,
    ...bounds,
    ...(inKey && { key: true }),
    ...(column.nullable && !inKey && { nullable: true }),
    ...(isUnique && { unique: true }),
    ...value,
    ...(mapping !== undefined && { column: mapping }),
    ...(Object.keys(storedAs).length > 0 && { stored: storedAs }),
    ...(column.comment !== undefined && { comment: column.comment }),
  };
}

/** What the table's checks say of it, for a column of which no check is made: then the values are judged before they are sent. */
function columnBounds(
  { name }: CatalogueColumn,
  { constraints }: CatalogueTable,
  type: FieldSpec["type"],
): Pick<FieldSpec, "min" | "max"> {
  if (type !== "int" && type !== "float") return {};
  return boundsOf(
    name,
    constraints.flatMap(({ condition }) => condition ?? []),
  );
}

type Filled = Pick<FieldSpec, "default" | "generated"> & {
  readonly stored?: { readonly default: string };
};

function valueOf(
  { default: expression, identity }: CatalogueColumn,
  type: Pick<FieldSpec, "type" | "values">,
  inKey: boolean,
): Filled {
  if (identity === "by default" && inKey) return { generated: "database" };
  if (expression === undefined) return {};
  if (inKey && type.type === "uuid" && expression === "gen_random_uuid()")
    return { generated: "database" };
  const made = defaultSpec(expression, type);
  if ("expression" in made) {
    return { stored: { default: made.expression } };
  }
  return made;
}
