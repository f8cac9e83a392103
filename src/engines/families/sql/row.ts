import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";

/** What a row of an entity is made of, in the order in which every statement returns it: its visible fields, then its children. */
export const visibleFields = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => field.visible);

/** Columns in a row: what comes after them belongs to the statement alone. */
export const rowLength = (entity: EntityIr): number =>
  visibleFields(entity).length + entity.children.length;

/** Fields of a child that its root shows. */
export const childFields = (child: ChildIr): readonly FieldIr[] =>
  child.entity.fields.filter((field) => field.visible);

/** Alias of an entity's table: its first letter, as one would write it. Other aliases have more than one letter. */
export const aliasOf = (entity: EntityIr): string =>
  /[a-z]/.exec(entity.table.toLowerCase())?.[0] ?? "t";
