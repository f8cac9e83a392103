import type { FieldIr, StoreIr } from "../../../ir/types.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import type { Method } from "../../../spec/model.ts";
import { readsDefault } from "../fields.ts";
import { bothStop, type DocumentChange, heldBack } from "./document-change.ts";
import type { Fill } from "./fill.ts";

/**
 * The filling of a property that code of after calls required, while code of before goes on writing documents without it. Code of after reads
 * its default there, as the backfill would fill it; without one, or where the server is asked by it, it has to wait.
 */
export function bridged(
  change: DocumentChange,
  field: FieldIr | undefined,
  { given }: Extract<Fill, { readonly given: boolean }>,
  context: ChangeContext,
): DocumentChange {
  if (field !== undefined && readsDefault(field) && !given && !isAsked(field, context.store))
    return change;
  return {
    ...change,
    drafts: heldBack(change.drafts).map((draft) => ({
      ...draft,
      risks: bothStop(context),
      note: waitsNote,
    })),
  };
}

const waitsNote =
  "Code of before goes on writing documents without it, which code of after can neither read nor find: stop code of before, run this, then start code of after. Both run together where the spec has a default: and no list, aggregate or increment is by this field.";

/** Whether some method lets the server find, sort, group or count by the field: the server knows no default. */
function isAsked(field: FieldIr, { repositories }: StoreIr): boolean {
  const own = repositories.find(({ entity }) => entity.fields.includes(field));
  return own?.methods.some(({ method }) => asksBy(method, field.name)) === true;
}

function asksBy(method: Method, name: string): boolean {
  const named = (terms: readonly object[]): boolean =>
    terms.some((term) => "field" in term && term.field === name);
  switch (method.op) {
    case "list":
      return [method.where, method.optional, method.orderBy].some(named);
    case "aggregate":
      return [method.where, method.optional, method.groupBy, method.measures].some(named);
    case "increment":
      return method.field === name;
    default:
      return false;
  }
}
