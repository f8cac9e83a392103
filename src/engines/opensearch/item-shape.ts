import type { EntityIr, FieldIr } from "../../ir/types.ts";

/** What items of a view look like: each property with its kind, nullable ones with a question mark. Plain JSON. */
export interface ItemShape {
  readonly [property: string]: string | ItemShape;
}

export function itemShape(entity: EntityIr): ItemShape {
  return Object.fromEntries([
    ...entity.fields
      .filter(({ visible }) => visible)
      .map((field) => [field.name, `${kindOf(field)}${field.nullable ? "?" : ""}`]),
    ...entity.children.map((child) => [child.property, itemShape(child.entity)]),
  ]) as ItemShape;
}

function kindOf({ type }: FieldIr): string {
  if (type.kind === "array") return `array of ${type.of}`;
  return type.kind === "vector" ? `vector(${type.dimensions})` : type.kind;
}

/** Properties of the item itself that it always has, and those that are null where an older item lacks them. */
export function propertiesOf(entity: EntityIr): {
  readonly required: readonly string[];
  readonly nullable: readonly string[];
} {
  const visible = entity.fields.filter((field) => field.visible);
  return {
    required: [
      ...visible.filter(({ nullable }) => !nullable).map(({ name }) => name),
      ...entity.children.map(({ property }) => property),
    ],
    nullable: visible.filter(({ nullable }) => nullable).map(({ name }) => name),
  };
}
