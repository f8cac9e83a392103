import { indexName } from "../../../ir/names.ts";
import type { EntityIr } from "../../../ir/types.ts";
import { columns } from "../../families/sql/naming.ts";
import type { Dialect } from "../dialect.ts";
import type { ColumnShape, TableShape, TriggerShape } from "../schema/shape.ts";
import { identifiers } from "../sql/quote.ts";
import { columnType } from "../types.ts";
import { ownColumn } from "./column.ts";
import { historyTable } from "./naming.ts";
import { historyKey, recordingOf, recordingTriggers } from "./recording.ts";
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

/** The triggers that write the history. */
export const auditTriggers = (entity: EntityIr): readonly TriggerShape[] =>
  recordingTriggers(recordingOf(entity));
