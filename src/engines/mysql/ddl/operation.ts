import type { Dialect } from "../dialect.ts";
import type { TableShape } from "../schema/shape.ts";
import { byDefault, now, ownColumn } from "./column.ts";
import { operationTable } from "./naming.ts";
import { keyConstraint } from "./table.ts";

/** Table of the operation ids: written in the transaction that makes the change, read by a replay. */
export const operationShape = (dialect: Dialect): TableShape => ({
  name: operationTable,
  comment: "Operation ids with their result: a replay returns it instead of doing the work twice.",
  collation: dialect.collation,
  columns: [
    ownColumn(
      "tenant",
      "varchar(190)",
      "The tenant whose operation it is; empty outside of tenants.",
    ),
    ownColumn("name", "varchar(190)", "Which method: orders.place."),
    ownColumn("id", "varchar(255)", "The caller's operation id."),
    ownColumn(
      "fingerprint",
      "char(43)",
      "Of the values: other values under the same id are a conflict.",
    ),
    ownColumn("result", "longtext", "The row that the operation returned, for a replay."),
    {
      ...ownColumn("at", "datetime(3)", "When it was done; kept for 7 days."),
      value: byDefault(now),
    },
  ],
  constraints: [keyConstraint(["tenant", "name", "id"])],
  indexes: [
    {
      name: "operation_at_idx",
      kind: "plain",
      body: "(at)",
      columns: ["at"],
      comment: "Serves the purge of old operations.",
    },
  ],
});
