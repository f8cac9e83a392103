import type { Entry } from "../../families/sql/source.ts";
import { identity, type MethodTarget } from "../../families/sql/target.ts";

/** Name and collection, and whether every text of the statement has to name the tenant. */
export const identityOf = (
  target: Pick<MethodTarget, "entity">,
  operation: string,
): readonly Entry[] => [
  ...identity(target, operation),
  ...(target.entity.tenant === undefined ? [] : [["scoped", "true"] as const]),
];
