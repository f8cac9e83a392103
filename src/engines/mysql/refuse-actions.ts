import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { declaredKeys } from "../families/sql/foreign-keys.ts";
import { ownerOf } from "../families/sql/naming.ts";
import type { Refusal } from "./refuse.ts";

/**
 * References whose action changes rows of an audited entity: the server fires no trigger for it (MY-18), so that the history would show a
 * row that is gone, or a value that it has no more. What a child loses with its owner is no such: the root's own trigger records it.
 */
export function unrecordedActions(entity: EntityIr, store: StoreIr): readonly Refusal[] {
  const root = ownerOf(entity, store) ?? entity;
  if (!root.audit) return [];
  return declaredKeys(entity, store)
    .filter(({ onDelete }) => onDelete !== "restrict")
    .map(({ reference, target, onDelete }) => {
      const held = entity.fields.find(({ column }) => column === reference[0])?.name ?? "";
      return {
        path: `entities.${entity.name}.fields.${held}.onDelete`,
        text: `${root.name} is audited, and its history would miss what onDelete: ${onDelete} does when its ${target.name} is deleted: the server fires no trigger for it`,
        hint: `use onDelete: restrict, and ${onDelete === "cascade" ? "delete the rows" : "empty the references"} before the ${target.name}, in the same transaction; or let PostgreSQL serve it, whose triggers fire`,
      };
    });
}
