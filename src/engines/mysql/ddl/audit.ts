import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { columns } from "../../families/sql/naming.ts";
import type { Dialect } from "../dialect.ts";
import type { ColumnShape, TableShape, TriggerShape } from "../schema/shape.ts";
import { filled, indented } from "../../families/sql/layout.ts";
import { identifier, identifiers, literal, qualified } from "../sql/quote.ts";
import { jsonValue, namedChildrenText } from "../statements/row.ts";
import { columnType } from "../types.ts";
import { now, ownColumn } from "./column.ts";
import { historyTable, triggerName } from "./naming.ts";
import { keyConstraint } from "./table.ts";

/**
 * History of an audited root: every change as one row, written by triggers, so that no way of writing goes around it. The children are
 * recorded with their root; the data layer corrects them once it has saved those of a new root (statements/insert-children.ts). `changed_at` is the
 * time of the statement and never falls for one key, so `asOf` is exact.
 */
export const historyShape = (entity: EntityIr, dialect: Dialect): TableShape => {
  const name = historyTable(entity);
  return {
    name,
    comment: `Every change of ${entity.table}, written by its triggers.`,
    collation: dialect.collation,
    columns: historyColumnShapes(entity),
    constraints: [keyConstraint(["revision"])],
    indexes: [
      {
        name: indexName(name, columns(entity.key)),
        kind: "plain",
        body: `(${identifiers(columns(entity.key))}, revision${dialect.descendingKeys ? " desc" : ""})`,
        columns: [...columns(entity.key), "revision"],
        comment: "Serves history and asOf, and the triggers: the last change of a key.",
      },
    ],
  };
};

/** What a history row is found by: the key, and the tenant. */
export const historyKey = (entity: EntityIr): readonly FieldIr[] =>
  entity.tenant === undefined || entity.key.includes(entity.tenant)
    ? entity.key
    : [...entity.key, entity.tenant];

const historyColumnShapes = (entity: EntityIr): readonly ColumnShape[] => [
  {
    ...ownColumn("revision", "bigint", "Rises with every change of a row."),
    value: { kind: "identity" },
  },
  ...historyKey(entity).map((field) => ({
    ...ownColumn(field.column, columnType(field.type), `As in ${entity.table}.`),
    field: field.name,
    role: field.source.role,
  })),
  ownColumn("operation", "varchar(6)", "What was done: insert, update or delete."),
  ownColumn(
    "changed_at",
    "datetime(3)",
    "Time of the statement; never before the change that preceded it.",
  ),
  ownColumn("changed_by", "varchar(288)", "The variable @app_actor, else the user of the session."),
  ownColumn("content", "json", "The row after the change; before it, for a delete."),
  ...(entity.children.length === 0
    ? []
    : [ownColumn("children", "json", "The rows it owns, by table; before it, for a delete.")]),
];

const events = [
  { event: "insert", when: "after insert", row: "new" },
  { event: "update", when: "after update", row: "new" },
  // Before: a foreign key takes the children with the row, and fires no trigger of theirs (MY-18).
  { event: "delete", when: "before delete", row: "old" },
] as const;

/** The triggers that write the history. */
export const auditTriggers = (entity: EntityIr): readonly TriggerShape[] =>
  events.map(({ event, when, row }) => {
    const name = triggerName(entity.table, `record_${event}`);
    return {
      name,
      table: entity.table,
      definition: `create trigger ${identifier(name)} ${when} on ${identifier(entity.table)} for each row\n${recordText(entity, event, row)}`,
    };
  });

function recordText(entity: EntityIr, event: string, row: "new" | "old"): string {
  const kept = columns(historyKey(entity));
  const content = entity.fields.map(
    (field) => `${literal(field.column)}, ${jsonValue(field, qualified(row, field.column))}`,
  );
  const values = [
    ...kept.map((column) => qualified(row, column)),
    operationText(entity, event),
    `greatest(${now}, coalesce(last_change.moment, ${now}))`,
    "coalesce(@app_actor, current_user())",
    `json_object(${indented(filled(content), "    ")})`,
    ...(entity.children.length === 0 ? [] : [childrenObject(entity, row)]),
  ];
  const own = [...kept.map(identifier), "operation", "changed_at", "changed_by", "content"];
  const same = columns(entity.key).map(
    (column) => `${qualified("change_of_row", column)} = ${qualified(row, column)}`,
  );
  return `insert into ${identifier(historyTable(entity))} (${[...own, ...(entity.children.length === 0 ? [] : ["children"])].join(", ")})
select
  ${values.join(",\n  ")}
from (
  select max(latest.changed_at) as moment from (
    select change_of_row.changed_at from ${identifier(historyTable(entity))} change_of_row
    where ${same.join(" and ")} order by change_of_row.revision desc limit 1
  ) latest
) last_change
where ${isNoBackfill}`;
}

/**
 * A migration that gives rows the form of another schema changes nothing of what they say. The variable alone could be set by anybody; the
 * user who made the trigger, whose name `current_user()` is in it, could drop it as well.
 */
const isNoBackfill =
  "@app_backfill is null or substring_index(user(), '@', 1) <> substring_index(current_user(), '@', 1)";

/** Setting the mark is a deletion for whoever reads the history. */
function operationText(entity: EntityIr, event: string): string {
  if (entity.deletedAt === undefined || event !== "update") return literal(event);
  const column = entity.deletedAt.column;
  return `if(${qualified("old", column)} is null and ${qualified("new", column)} is not null, 'delete', 'update')`;
}

/** `{"order_lines": [{"line_no": 1, …}, …]}`. @param root how the owner's columns are named */
export const childrenObject = (entity: EntityIr, root: string): string =>
  `json_object(${entity.children
    .map(
      (child) =>
        `${literal(child.entity.table)}, ${indented(namedChildrenText(child, entity, root))}`,
    )
    .join(", ")})`;
