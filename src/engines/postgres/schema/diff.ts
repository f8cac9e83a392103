import type { ChangeContext, PlannedChange, Snapshot } from "../../../migrate/step.ts";
import { ordered } from "./draft.ts";
import { schemaOf } from "./schema.ts";
import { wholeSteps } from "./whole.ts";

/** The steps from one snapshot to another. */
export function diffSnapshots(from: Snapshot, to: Snapshot, context: ChangeContext): PlannedChange {
  const [_before, after] = [schemaOf(from), schemaOf(to)];
  const spec = context.store.entities.map(({ name }) => name);
  return { steps: ordered(wholeSteps(after, spec)), questions: [] };
}
