import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import { bothStop, type DocumentChange, nothing } from "./document-change.ts";
import { moveEach, type Place, setEach } from "./expressions.ts";
import { documentChanges } from "./properties.ts";
import type { Collection, Shape } from "./state.ts";
import type { Draft } from "./steps.ts";

/** A history before and after a change, and the collections whose documents it holds. */
export interface Recorded {
  readonly before: Collection;
  readonly after: Collection & { readonly name: string };
  readonly documents: {
    readonly before: Shape;
    readonly after: Shape & { readonly name: string };
  };
}

/**
 * What a history recorded is read by the names and types of now, so each state follows as its document does, with the same values. What
 * has to be asked is asked of the documents.
 *
 * @param entity whose changes are recorded, as the spec has it now
 */
export function recordedChange(
  { before, after, documents }: Recorded,
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const place: Place = {
    collection: after.name,
    lists: [],
    recordedOf: documents.after.name,
  };
  const states = documentChanges(place, documents.before, documents.after, entity, context);
  const tenants = tenantChange(after.name, tenantOf(before), entity, context);
  return {
    drafts: [...states.drafts.map(told), ...tenants.drafts],
    removals: states.removals.map(told),
    questions: [],
    late: tenants.late,
    held: tenants.held,
  };
}

const told = (draft: Draft): Draft => ({ ...draft, title: `in what was recorded, ${draft.title}` });

/** Property by which a history belongs to tenants: what its index has before the key. */
const tenantOf = ({ indexes }: Collection): string | undefined => {
  const [path] = Object.values(indexes)[0]?.key[0] ?? [];
  return path === recordedKey ? undefined : path;
};

const recordedKey = "key";

/** A change is found by its tenant, which stands beside its state. */
function tenantChange(
  collection: string,
  was: string | undefined,
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const now = entity?.tenant;
  if (now === undefined || now.column === was) return nothing;
  const place: Place = { collection, lists: [] };
  return was === undefined
    ? belongsTo(place, now, context)
    : {
        ...nothing,
        drafts: [
          {
            act: `rename tenant ${was} to ${now.column}`,
            title: `${was}, by which tenants find their changes, is renamed to ${now.column}`,
            phase: "contract",
            up: [moveEach(place, was, now.column)],
            down: [moveEach(place, now.column, was)],
            risks: bothStop(context),
            batched: true,
          },
        ],
        late: [now.column],
        held: [was],
      };
}

const belongsTo = (place: Place, { column }: FieldIr, context: ChangeContext): DocumentChange => ({
  ...nothing,
  drafts: [
    {
      act: `fill tenant ${column}`,
      title: `each recorded change belongs to the tenant of its state`,
      phase: "contract",
      up: [
        setEach(
          place,
          column,
          { expression: (of) => of(`state.${column}`) },
          { [column]: { $exists: false }, [`state.${column}`]: { $exists: true } },
        ),
      ],
      down: [],
      risks: bothStop(context),
      batched: true,
    },
  ],
  late: [column],
  held: [recordedKey],
});
