import type { EntityIr } from "../../../ir/types.ts";
import type { ListFragments } from "../../families/sql/fragments.ts";
import { selectList } from "../../families/sql/layout.ts";
import { historyTable } from "../ddl/naming.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { keyConditions } from "./row.ts";

/** Columns of a recorded state: its content, then its children where the entity has some. */
export const recordedColumns = (entity: EntityIr): readonly string[] => [
  "content",
  ...(entity.children.length === 0 ? [] : ["children"]),
];

/** Every change of one row, newest first; after the recorded state: operation, time, revision. */
export function historyFragments(entity: EntityIr): ListFragments {
  const columns = [...recordedColumns(entity), "operation", "changed_at", "revision"];
  return {
    select: `${selectList(columns.map((column) => qualified("change_of_row", column)))}\nfrom ${identifier(historyTable(entity))} change_of_row`,
    where: keyConditions(entity, "change_of_row"),
    optional: [],
    fixed: [],
    parts: [],
    order: [{ column: "change_of_row.revision", direction: "desc", cast: "cast({0} as signed)" }],
  };
}

/** The recorded state as it was at a moment (`$n`, after the key), if the row was there. */
export function asOfText(entity: EntityIr): string {
  const columns = recordedColumns(entity);
  const moment = `cast($${entity.key.length + 1} as datetime(3))`;
  return `${selectList(columns.map((column) => qualified("last_change", column)))}
from (
  select ${["operation", ...columns].join(", ")} from ${identifier(historyTable(entity))}
  where ${keyConditions(entity).join(" and ")} and changed_at <= ${moment}
  order by revision desc limit 1
) last_change
where last_change.operation <> 'delete'`;
}
