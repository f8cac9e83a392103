import type { Operation } from "../normalise-method.ts";

/** Keys of a method that belong to some operations only, as data. `op` and `comment` fit every one. */
export const operationKeys: Readonly<Record<string, readonly Operation[]>> = {
  where: ["list", "aggregate"],
  optional: ["list", "aggregate"],
  orderBy: ["list"],
  page: ["list"],
  groupBy: ["aggregate"],
  measure: ["aggregate"],
  fields: ["patch"],
  bulk: ["insert", "upsert"],
  ttl: ["upsert"],
  field: ["increment"],
  by: ["increment"],
  floor: ["increment"],
  ceiling: ["increment"],
};

/** Operations that find a row by its key. */
export const keyedOperations: readonly Operation[] = [
  "get",
  "patch",
  "upsert",
  "delete",
  "increment",
  "history",
];
