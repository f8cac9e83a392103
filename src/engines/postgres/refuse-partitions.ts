import type { EntityIr, StoreIr } from "../../ir/types.ts";
import { partitionShape } from "./ddl/partition.ts";
import type { Refusal } from "./refuse.ts";

/** Partitions are tables of their own: none may be called as another table or index. */
export function partitionProblems(store: StoreIr): readonly Refusal[] {
  const parts = store.entities.flatMap((entity) =>
    (partitionShape(entity)?.parts ?? []).map(({ name }) => ({ entity, name })),
  );
  if (parts.length === 0) return [];
  const taken = new Set(store.entities.flatMap(relationNames));
  return parts
    .filter(({ name }) => taken.has(name.toLowerCase()))
    .map(({ entity, name }) => ({
      path: `entities.${entity.name}.partition`,
      text: `a partition would be called ${name}, as another table or index is`,
      hint: "name that one otherwise: table:",
    }));
}

const relationNames = (entity: EntityIr): readonly string[] =>
  [
    entity.table,
    ...(entity.historyTable === undefined ? [] : [entity.historyTable]),
    ...[...entity.indexes, ...entity.unique].map(({ name }) => name),
  ].map((name) => name.toLowerCase());
