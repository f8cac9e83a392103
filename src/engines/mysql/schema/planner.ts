import type { SchemaPlanner } from "../../../migrate/step.ts";
import { judgeConstants } from "../../families/sql/judge-constants.ts";
import { heldFields, sqlNames, tableSides } from "../../families/sql/names.ts";
import { printSteps } from "../../families/sql/print.ts";
import type { Dialect } from "../dialect.ts";
import { lintOf } from "../lint/lint.ts";
import { diffSnapshots } from "./diff.ts";
import { schemaFile } from "./schema-file.ts";
import { completed, schemaOf, snapshotOf } from "./snapshot.ts";

/** How a store of this family follows a change of the spec. */
export const plannerOf = (dialect: Dialect): SchemaPlanner => ({
  suffix: "sql",
  snapshot: (store) => snapshotOf(store, dialect),
  completed,
  diff: (from, to, context) => diffSnapshots(from, to, context, dialect),
  names: (from, to, { store }) =>
    sqlNames(tableSides(schemaOf(from).tables, schemaOf(to).tables, store), store),
  fields: (snapshot) => heldFields(schemaOf(snapshot).tables),
  print: printSteps,
  schemaFile,
  judgeValues: (_from, _to, context) => Promise.resolve(judgeConstants(context)),
  lint: lintOf(dialect),
});
