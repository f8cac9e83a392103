import type { StoreIr } from "../../../ir/types.ts";
import type { FunctionShape } from "../schema/shape.ts";

/** Function that an upsert of an aggregate asks in its conflict clause. */
export const unchangedSince = "unchanged_since";

/** Whether an upsert replaces children: it must have seen all of them. */
export const replacesChildren = (store: StoreIr): boolean =>
  store.repositories.some(
    ({ entity, methods }) =>
      entity.children.length > 0 && methods.some(({ method }) => method.op === "upsert"),
  );

/**
 * A conflict clause updates the newest version of a row, also one that the statement's snapshot does not hold. The children are read
 * from that snapshot, so those of a write in between would stay. A serialization failure says so, and the call is tried again.
 */
export const unchangedSinceFunction: FunctionShape = {
  name: unchangedSince,
  arguments: "xid, xid",
  definition: `create function ${unchangedSince}(stored xid, seen xid) returns boolean
language plpgsql as $unchanged$
begin
  if stored is distinct from seen then
    raise exception 'the row was written by another transaction after this statement began'
      using errcode = 'serialization_failure';
  end if;
  return true;
end
$unchanged$;`,
  comment:
    "Fails an upsert whose snapshot is older than the row, since it would leave children of that newer version behind.",
};
