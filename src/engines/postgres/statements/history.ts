import type { ChildIr, EntityIr } from "../../../ir/types.ts";
import { historyTable } from "../ddl/naming.ts";
import { selectList } from "../../families/sql/layout.ts";
import { identifier, literal, qualified } from "../sql/quote.ts";
import type { ListFragments } from "../../families/sql/fragments.ts";
import { aliasOf, childRows, keyConditions, liveCondition, visibleFields } from "./row.ts";

/** Past states: the recorded content becomes a row of the table's own type again, so the same columns and codecs read it. */
const populated = (entity: EntityIr): string =>
  `cross join lateral jsonb_populate_record(null::${identifier(entity.table)}, change.content) as ${aliasOf(entity)}`;

/** Every change of one row, newest first; after the row's columns: operation, time, revision. */
export function historyFragments(entity: EntityIr): ListFragments {
  const columns = [
    ...pastExpressions(entity, recordedChildren),
    "change.operation",
    "change.changed_at",
    "change.revision",
  ];
  return {
    select: `${selectList(columns)}\nfrom ${identifier(historyTable(entity))} change\n${populated(entity)}`,
    where: keyConditions(entity, "change"),
    optional: [],
    fixed: [],
    parts: [],
    order: [{ column: "change.revision", direction: "desc", cast: "bigint" }],
  };
}

/** The row as it was at a moment (`$n`, after the key), if it was there. */
export function asOfText(entity: EntityIr): string {
  const moment = `$${entity.key.length + 1}::timestamptz`;
  const live = ["change.operation <> 'delete'", ...liveCondition(entity, aliasOf(entity))];
  return `${selectList(pastExpressions(entity, (child) => pastChildren(entity, child, moment)))}
from (
  select change.operation, change.content from ${identifier(historyTable(entity))} change
  where ${keyConditions(entity, "change").join(" and ")} and change.changed_at <= ${moment}
  order by change.revision desc limit 1
) change
${populated(entity)}
where ${live.join(" and ")}`;
}

const pastExpressions = (
  entity: EntityIr,
  children: (child: ChildIr) => string,
): readonly string[] => [
  ...visibleFields(entity).map((field) => qualified(aliasOf(entity), field.column)),
  ...entity.children.map(children),
];

/** As the change of the root recorded them: several changes of one transaction have one time, but each its own children. */
const recordedChildren = (child: ChildIr): string =>
  childRows(
    child,
    `jsonb_populate_recordset(null::${identifier(child.entity.table)}, change.children -> ${literal(child.entity.table)}) child`,
  );

/** The last change of each child up to the moment, from its own history: it may have changed without its root. */
function pastChildren(entity: EntityIr, child: ChildIr, moment: string): string {
  const local = child.localKey.map((field) => qualified("past", field.column)).join(", ");
  const ofRoot = entity.key.map(
    (field, at) =>
      `${qualified("past", child.ownerKey[at]?.column ?? field.column)} = ${qualified(aliasOf(entity), field.column)}`,
  );
  const source = `(
  select distinct on (${local}) past.operation, past.content
  from ${identifier(historyTable(child.entity))} past
  where ${ofRoot.join(" and ")} and past.changed_at <= ${moment}
  order by ${local}, past.revision desc
) past
cross join lateral jsonb_populate_record(null::${identifier(child.entity.table)}, past.content) child
where past.operation <> 'delete'`;
  return childRows(child, source);
}
