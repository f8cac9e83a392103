import type { TableChange } from "./change.ts";

const on = "set @app_backfill = 1;";
const off = "set @app_backfill = null;";

/** What a change writes for the sake of the schema is no change of what the rows say: the triggers of a history let it pass (ddl/recording.ts). */
export const unrecorded = (
  { recorded }: Pick<TableChange, "recorded">,
  statements: readonly string[],
): readonly string[] =>
  recorded !== true || statements.length === 0 ? statements : [on, ...statements, off];
