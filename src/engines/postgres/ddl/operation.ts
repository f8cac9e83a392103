import { operationKey } from "../../../../templates/engines/postgres/operation-text.ts";
import type { StoreIr } from "../../../ir/types.ts";
import type { ColumnShape, TableShape } from "../schema/shape.ts";
import { operationTable } from "./naming.ts";
import { operationSecurity } from "./rls.ts";
import { operationGrants } from "./role.ts";
import { keyConstraint } from "./table.ts";

const column = (name: string, type: string, comment: string): ColumnShape => ({
  name,
  field: name,
  role: "data",
  type,
  nullable: false,
  comment,
});

const columns: readonly ColumnShape[] = [
  column("tenant", "text", "The tenant whose operation it is; empty outside of tenants."),
  column("name", "text", "Which method: orders.place."),
  column("id", "text", "The caller's operation id."),
  column("fingerprint", "text", "Of the values: other values under the same id are a conflict."),
  column("result", "json", "The row that the operation returned, for a replay."),
  {
    ...column("at", "timestamptz(3)", "When it was done; kept for 7 days."),
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
