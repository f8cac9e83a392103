import type { SchemaPlanner } from "../../../migrate/step.ts";
import { diff } from "./diff.ts";
import { nameMatches } from "./names.ts";
import { snapshotOf } from "./state.ts";
import { printSteps } from "./steps.ts";

/** How the views of a store follow the spec: the definition of their indexes, and what is built by it. */
export const planner: SchemaPlanner = {
  suffix: "json",
  snapshot: snapshotOf,
  diff,
  names: nameMatches,
  print: printSteps,
};
