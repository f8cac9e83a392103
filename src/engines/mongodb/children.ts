import type { ChildIr, EntityIr } from "../../ir/types.ts";

/** A list of so many documents or more is kept beside its root: every write of the root would rewrite it, and 16 MB end it. MG-01 */
const large = 1_000;

/** Whether the owned documents live in a collection of their own. */
export const isApart = ({ entity }: ChildIr): boolean => (entity.perOwner ?? 0) >= large;

export const apartOf = ({ children }: EntityIr): readonly ChildIr[] => children.filter(isApart);

/** Property of such a document that holds the `_id` of its root. */
export const ownerProperty = "owner_id";
