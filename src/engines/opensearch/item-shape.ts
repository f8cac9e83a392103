import type { ItemShape } from "../../../templates/engines/opensearch/view-shape.ts";
import type { EntityIr, FieldIr } from "../../ir/types.ts";

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
