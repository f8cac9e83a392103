import { columnMapping } from "../../../../migrate/baseline/names.ts";
import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import { boundsOf } from "../conditions.ts";
import type { CatalogueColumn, KnownTable } from "./catalogue.ts";
import type { AdoptDialect } from "./dialect.ts";

/** What is known of a column beside itself. */
export interface FieldPlace {
  readonly dialect: AdoptDialect<never>;
  readonly table: KnownTable;
  readonly name: string;
  readonly inKey: boolean;
  readonly isUnique: boolean;
}

/** A column as a field, without its references. */
export function fieldSpecOf(column: CatalogueColumn, place: FieldPlace): FieldSpec {
  const { dialect, table, name, inKey, isUnique } = place;
  const { stored, ...type } = dialect.typeOf(column, inKey || isUnique);
  const filled = dialect.valueOf(column, { ...type, ...(stored && { stored }) }, inKey);
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
  { constraints }: KnownTable,
  type: FieldSpec["type"],
): Pick<FieldSpec, "min" | "max"> {
  if (type !== "int" && type !== "float") return {};
  return boundsOf(
    name,
    constraints.flatMap(({ condition }) => condition ?? []),
  );
}
