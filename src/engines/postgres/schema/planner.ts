import type { SchemaPlanner } from "../../../migrate/step.ts";
import { diffSnapshots } from "./diff.ts";
import { heldFields } from "../../families/sql/names.ts";
import { printSteps } from "../../families/sql/print.ts";
import { nameMatches } from "./names.ts";
import { schemaFile } from "./schema-file.ts";
import { schemaOf } from "./schema.ts";
import { snapshotOf } from "./snapshot.ts";

/** How a store of this engine follows a change of the spec. */
export const planner: SchemaPlanner = {
  suffix: "sql",
  snapshot: snapshotOf,
  diff: diffSnapshots,
  names: nameMatches,
  fields: (snapshot) => heldFields(schemaOf(snapshot).tables),
  print: printSteps,
  schemaFile,
  judgeValues: async (...given) => (await import("./values.ts")).judgeValues(...given),
  // Its parser is a megabyte and a half that nothing else needs.
  lint: async (source) => (await import("../lint/lint.ts")).lint(source),
};
