import { operationTable as definition } from "../../../../templates/engines/postgres/operation-text.ts";
import { literal } from "../sql/quote.ts";
import { operationTable } from "./naming.ts";

const comments: Readonly<Record<string, string>> = {
  tenant: "The tenant whose operation it is; empty outside of tenants.",
  name: "Which method: orders.place.",
  id: "The caller's operation id.",
  fingerprint: "Of the values: other values under the same id are a conflict.",
  result: "The row that the operation returned, for a replay.",
  at: "When it was done; kept for 7 days.",
};

/** Table of the operation ids: written by the statement that makes the change, read by a replay. */
export const operationStatements = (): readonly string[] => [
  definition,
  `comment on table ${operationTable} is 'Operation ids with their result: a replay returns it instead of doing the work twice.';`,
  ...Object.entries(comments).map(
    ([column, text]) => `comment on column ${operationTable}.${column} is ${literal(text)};`,
  ),
  "comment on index operation_at_idx is 'Serves the purge of old operations.';",
];
