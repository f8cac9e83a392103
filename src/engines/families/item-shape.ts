import type { EntityIr } from "../../ir/types.ts";

/** What a stored item depends on: two entities of one shape have one JSON form. */
export const itemShape = (entity: EntityIr): unknown => [
  entity.fields
    .filter(({ visible }) => visible)
    .map(({ name, type, nullable }) => [name, type, nullable]),
  entity.children.map((child) => [child.property, itemShape(child.entity)]),
];
