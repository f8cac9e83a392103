import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { aliasOf, childFields, visibleFields } from "../../families/sql/row.ts";
import { filled, indented } from "../../families/sql/layout.ts";
import { identifier, qualified } from "../sql/quote.ts";

export { aliasOf, childFields, rowLength, visibleFields } from "../../families/sql/row.ts";

/** `orders o` */
export const aliased = (entity: EntityIr): string =>
  `${identifier(entity.table)} ${aliasOf(entity)}`;

/** The row with every column named: `o.id, o.status, (select … from order_lines …)`. */
export function rowExpressions(entity: EntityIr, alias = aliasOf(entity)): readonly string[] {
  return [
    ...visibleFields(entity).map((field) => qualified(alias, field.column)),
    ...entity.children.map((child) => childrenOf(child, entity, alias)),
  ];
}

/** The row after a write of the table itself, where only the children need to know whose they are. */
export function returnedExpressions(entity: EntityIr): readonly string[] {
  return [
    ...visibleFields(entity).map((field) => identifier(field.column)),
    ...entity.children.map((child) => childrenOf(child, entity, identifier(entity.table))),
  ];
}

function childrenOf(child: ChildIr, owner: EntityIr, alias: string): string {
  const same = owner.key.map(
    (field, at) =>
      `${qualified("child", child.ownerKey[at]?.column ?? field.column)} = ${qualified(alias, field.column)}`,
  );
  return childRows(child, `${identifier(child.entity.table)} child where ${same.join(" and ")}`);
}

/** Children as one json column: an array of rows, each an array of texts, which the same codecs read. @param source after `from`, with the alias `child` */
export function childRows(child: ChildIr, source: string): string {
  const texts = childFields(child).map((field) => `${qualified("child", field.column)}::text`);
  const order = child.localKey.map((field) => qualified("child", field.column));
  const [first = "", ...rest] = texts.map((text, at) =>
    at < texts.length - 1 ? text : `${text}]`,
  );
  const ordered = order.length === 0 ? "" : ` order by ${order.join(", ")}`;
  return `(
  ${indented(filled([`select coalesce(json_agg(array[${first}`, ...rest]))}${ordered}), '[]')
  from ${indented(source)}
)`;
}

/** `o.deleted_at is null`, for an entity whose deleted rows stay. */
export const liveCondition = (entity: EntityIr, alias?: string): readonly string[] => {
  if (entity.deletedAt === undefined) return [];
  const column = entity.deletedAt.column;
  return [`${alias === undefined ? identifier(column) : qualified(alias, column)} is null`];
};

/** `id = $1`, or one conjunct per part of a composite key. @param first number of the first parameter */
export const keyConditions = (entity: EntityIr, alias?: string, first = 1): readonly string[] =>
  entity.key.map(
    (field, at) =>
      `${alias === undefined ? identifier(field.column) : qualified(alias, field.column)} = $${first + at}`,
  );

/** What every change sets beside its own fields. */
export function alwaysSet(entity: EntityIr, current?: string): readonly string[] {
  const version = entity.version === undefined ? undefined : identifier(entity.version.column);
  return [
    ...(version === undefined
      ? []
      : [`${version} = ${current === undefined ? version : `${current}.${version}`} + 1`]),
    ...(entity.updatedAt === undefined ? [] : [`${identifier(entity.updatedAt.column)} = now()`]),
  ];
}

/** The statement numbers such a key itself, from the same sequence, and the server takes no number without these words. */
export const overriding = (fields: readonly FieldIr[]): string =>
  fields.some(({ source }) => source.storedIdentity !== undefined)
    ? "overriding system value\n"
    : "";
