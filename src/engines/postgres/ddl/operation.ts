import { operationKey } from "../../../../templates/engines/postgres/operation-text.ts";
import type { StoreIr } from "../../../ir/types.ts";
import type { ColumnShape, TableShape } from "../schema/shape.ts";
import { ownColumn } from "./column.ts";
import { operationTable } from "./naming.ts";
import { operationSecurity } from "./rls.ts";
import { operationGrants } from "./role.ts";
import { keyConstraint } from "./table.ts";

const columns: readonly ColumnShape[] = [
  ownColumn("tenant", "text", "The tenant whose operation it is; empty outside of tenants."),
  ownColumn("name", "text", "Which method: orders.place."),
  ownColumn("id", "text", "The caller's operation id."),
  ownColumn("fingerprint", "text", "Of the values: other values under the same id are a conflict."),
  ownColumn("result", "json", "The row that the operation returned, for a replay."),
  {
    ...ownColumn("at", "timestamptz(3)", "When it was done; kept for 7 days."),
    value: { kind: "default", expression: "now()" },
  },
];

/** Table of the operation ids: written by the statement that makes the change, read by a replay. */
export const operationShape = (store: StoreIr, project: string): TableShape => ({
  name: operationTable,
  comment: "Operation ids with their result: a replay returns it instead of doing the work twice.",
  columns,
  constraints: [keyConstraint(operationKey, ["tenant", "name", "id"])],
  indexes: [
    {
      name: "operation_at_idx",
      unique: false,
      body: "(at)",
      comment: "Serves the purge of old operations.",
    },
  ],
  ...operationSecurity(store),
  grants: operationGrants(store, project),
});
