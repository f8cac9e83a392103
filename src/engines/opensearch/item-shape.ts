import { packedKind } from "../../../templates/engines/opensearch/packed-vectors.ts";
import type { ItemShape } from "../../../templates/engines/opensearch/view-shape.ts";
import type { EntityIr, FieldIr, SearchViewIr, VectorViewIr } from "../../ir/types.ts";

/** What the items of a view look like in its index, which knows a vector as numbers only where it compares it. */
export function itemShape(view: SearchViewIr | VectorViewIr): ItemShape {
  return shapeOf(view.entity, view.port === "vector" ? view.field : undefined);
}

function shapeOf(entity: EntityIr, compared?: FieldIr): ItemShape {
  return Object.fromEntries([
    ...entity.fields
      .filter(({ visible }) => visible)
      .map((field) => [
        field.name,
        `${kindOf(field, field.name === compared?.name)}${field.nullable ? "?" : ""}`,
      ]),
    ...entity.children.map((child) => [child.property, shapeOf(child.entity)]),
  ]) as ItemShape;
}

function kindOf({ type }: FieldIr, compared: boolean): string {
  if (type.kind === "array") return `array of ${type.of}`;
  if (type.kind === "vector") return `${compared ? "" : packedKind}vector(${type.dimensions})`;
  return type.kind;
}
