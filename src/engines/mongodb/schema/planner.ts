import type { SchemaPlanner } from "../../../migrate/step.ts";
import { lint } from "../lint/lint.ts";
import { diff } from "./diff.ts";
import { judgeValues } from "./given.ts";
import { heldFields, nameMatches } from "./names.ts";
import { snapshotOf } from "./state.ts";
import { printSteps } from "./steps.ts";

/** How the schema of a MongoDB store follows the spec: collections with their validators and indexes, and the documents in them. */
export const planner: SchemaPlanner = {
  suffix: "json",
  snapshot: snapshotOf,
  diff,
  names: nameMatches,
  fields: heldFields,
  judgeValues,
  print: printSteps,
  lint,
};
