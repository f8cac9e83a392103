import type { EntityIr } from "../../../ir/types.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import type { DocumentChange } from "./document-change.ts";
import type { Place } from "./expressions.ts";
import { documentChanges } from "./properties.ts";
import { tenantChange } from "./recorded-tenant.ts";
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
  recorded: Recorded,
  entity: EntityIr | undefined,
  context: ChangeContext,
): DocumentChange {
  const { after, documents } = recorded;
  const place: Place = {
    collection: after.name,
    lists: [],
    recordedOf: documents.after.name,
  };
  const states = documentChanges(place, documents.before, documents.after, entity, context);
  const tenants = tenantChange(recorded, entity, context);
  return {
    drafts: [...states.drafts.map(told), ...tenants.drafts],
    removals: states.removals.map(told),
    questions: [],
    late: tenants.late,
    held: tenants.held,
  };
}

const told = (draft: Draft): Draft => ({ ...draft, title: `in what was recorded, ${draft.title}` });
