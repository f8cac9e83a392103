import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { aliasOf, childFields, visibleFields } from "../../families/sql/row.ts";
import { filled, indented } from "../../families/sql/layout.ts";
import { now } from "../ddl/column.ts";
import type { Dialect } from "../dialect.ts";
import { identifier, qualified } from "../sql/quote.ts";

export { aliasOf, rowLength, visibleFields } from "../../families/sql/row.ts";

/** `orders o` */
export const aliased = (entity: EntityIr): string =>
  `${identifier(entity.table)} ${aliasOf(entity)}`;

/** The row with every column named, then each child as one JSON column. */
export function rowExpressions(entity: EntityIr, dialect: Dialect): readonly string[] {
  const alias = aliasOf(entity);
  return [
    ...visibleFields(entity).map((field) => wholeValue(field, qualified(alias, field.column))),
    ...entity.children.map((child) => childrenText(child, entity, alias, dialect)),
  ];
}

/** A column of 24 bits that was there before is rounded where a reply is text, and in JSON: as a double it is the same in each. */
const wholeValue = ({ type }: FieldIr, column: string): string =>
  type.kind === "float" && type.native?.startsWith("float") === true ? `${column} + 0e0` : column;

/**
 * A value as a member of JSON that every codec reads: what JSON would round or cut becomes text, bytes hexadecimal.
 * @param value the column
 */
export function jsonValue({ type }: FieldIr, value: string): string {
  switch (type.kind) {
    case "int":
    case "boolean":
    case "string":
    case "text":
    case "uuid":
    case "enum":
      return value;
    case "binary":
    case "vector":
      return `hex(${value})`;
    default:
      return `cast(${value} as char)`;
  }
}

/** Children as one JSON array of rows; the row mapping puts them into the order of their key. @param root how the owner's columns are named */
const childrenText = (child: ChildIr, owner: EntityIr, root: string, dialect: Dialect): string =>
  gathering(dialect)(
    child.entity.table,
    owner.key.map(({ column }, at) => [child.ownerKey[at]?.column ?? column, column] as const),
    root,
    `json_array(${indented(filled(childFields(child).map((field) => jsonValue(field, qualified(childRow, field.column)))))})`,
  );

/** How a row is named whose table is gathered. */
export const childRow = "child";

type Owned = readonly (readonly [column: string, owner: string])[];

/** The rows of a table that hold the same values as a row, as one JSON array. @param owned columns of the table and of that row */
export type Gathering = (table: string, owned: Owned, root: string, rowText: string) => string;

export const gatheredRows: Gathering = (table, owned, root, rowText) => `(
  select coalesce(json_arrayagg(${rowText}), json_array())
  from ${ownedRows(table, owned, root)}
)`;

/** As one group at most, which takes no longer: the table may be a view until a renamed table has its name (MA-10). */
const groupedRows: Gathering = (table, owned, root, rowText) => `coalesce((
  select json_arrayagg(${rowText})
  from ${ownedRows(table, owned, root)}
  group by ${owned.map(([column]) => qualified(childRow, column)).join(", ")}
), json_array())`;

/** For a statement that the data layer prepares. */
export const gathering = ({ gathersViews }: Dialect): Gathering =>
  gathersViews ? gatheredRows : groupedRows;

const ownedRows = (table: string, owned: Owned, root: string): string =>
  `${identifier(table)} ${childRow} where ${owned
    .map(([column, owner]) => `${qualified(childRow, column)} = ${qualified(root, owner)}`)
    .join(" and ")}`;

/** `o.deleted_at is null`, for an entity whose deleted rows stay. */
export const liveCondition = (entity: EntityIr, alias?: string): readonly string[] =>
  entity.deletedAt === undefined ? [] : [`${named(entity.deletedAt, alias)} is null`];

/** `o.shop_id = $tenant`: the tenant that the session is bound to. */
export const tenantCondition = (entity: EntityIr, alias?: string): readonly string[] =>
  entity.tenant === undefined || entity.key.includes(entity.tenant)
    ? []
    : [`${named(entity.tenant, alias)} = $tenant`];

const named = ({ column }: FieldIr, alias: string | undefined): string =>
  alias === undefined ? identifier(column) : qualified(alias, column);

/** `id = $1`, or one conjunct per part of a composite key; the tenant with it. */
export const keyConditions = (entity: EntityIr, alias?: string): readonly string[] => [
  ...entity.key.map((field, at) => `${named(field, alias)} = $${at + 1}`),
  ...tenantCondition(entity, alias),
];

/** A row that is there, for the tenant that asks. */
export const seenRows = (entity: EntityIr, alias?: string): readonly string[] => [
  ...tenantCondition(entity, alias),
  ...liveCondition(entity, alias),
];

/** What every change sets beside its own fields. */
export function alwaysSet(entity: EntityIr): readonly string[] {
  const table = identifier(entity.table);
  const version = entity.version === undefined ? undefined : identifier(entity.version.column);
  return [
    ...(version === undefined ? [] : [`${version} = ${table}.${version} + 1`]),
    ...(entity.updatedAt === undefined ? [] : [`${identifier(entity.updatedAt.column)} = ${now}`]),
  ];
}
