import type { AdapterRuntime } from "../../families/sql/runtime.ts";

/** What generated adapters of PostgreSQL import. */
export const postgresRuntime: AdapterRuntime = {
  folder: "postgres",
  session: "PostgresSession",
  row: "TextRow",
  value: "Text",
  pick: "textsOf",
  mappedViews: ["search", "vector"],
  countsColumns: true,
};
