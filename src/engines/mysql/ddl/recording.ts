import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { filled, indented } from "../../families/sql/layout.ts";
import { columns } from "../../families/sql/naming.ts";
import { childFields } from "../../families/sql/row.ts";
import type { TriggerShape } from "../schema/shape.ts";
import { identifier, literal, qualified } from "../sql/quote.ts";
import { childRow, gatheredRows, type Gathering, jsonValue } from "../statements/row.ts";
import { now } from "./column.ts";
import { historyTable, triggerName } from "./naming.ts";

/** What the triggers of an audited table write, whoever reads it. */
export interface Recording {
  readonly table: string;
  readonly history: string;
  /** Columns of the history that a row is found by, each with the row's that it is filled from. */
  readonly found: readonly (readonly [recorded: string, column: string])[];
  /** What the last change of a row is found by: columns of both. */
  readonly key: readonly string[];
  readonly content: readonly RecordedValue[];
  /** Absent where the history has no column for them. */
  readonly children?: readonly RecordedChild[];
  /** Setting it is a deletion for whoever reads the history. */
  readonly deletedAt?: string;
}

/** A property of a recorded row. */
export interface RecordedValue {
  readonly name: string;
  /** @param row how the columns of the row are named */
  readonly value: (row: string) => string;
}

/** Rows that are recorded with their owner. */
export interface RecordedChild {
  readonly table: string;
  /** Under which they are recorded. */
  readonly names: readonly string[];
  /** Its columns and the owner's that hold one value. */
  readonly owned: readonly (readonly [column: string, owner: string])[];
  readonly content: readonly RecordedValue[];
}

/** What a history row is found by: the key, and the tenant. */
export const historyKey = (entity: EntityIr): readonly FieldIr[] =>
  entity.tenant === undefined || entity.key.includes(entity.tenant)
    ? entity.key
    : [...entity.key, entity.tenant];

/** What code of one schema reads. */
export const recordingOf = (entity: EntityIr): Recording => ({
  table: entity.table,
  history: historyTable(entity),
  found: columns(historyKey(entity)).map((column) => [column, column] as const),
  key: columns(entity.key),
  content: entity.fields.map(recordedValue),
  ...(entity.children.length > 0 && { children: childRecordings(entity) }),
  ...(entity.deletedAt !== undefined && { deletedAt: entity.deletedAt.column }),
});

export const recordedValue = (field: FieldIr): RecordedValue => ({
  name: field.column,
  value: (row) => jsonValue(field, qualified(row, field.column)),
});

export const childRecordings = (entity: EntityIr): readonly RecordedChild[] =>
  entity.children.map((child) => ({
    table: child.entity.table,
    names: [child.entity.table],
    owned: ownedBy(child, entity),
    content: childFields(child).map(recordedValue),
  }));

export const ownedBy = ({ ownerKey }: ChildIr, { key }: EntityIr): RecordedChild["owned"] =>
  key.map(({ column }, at) => [ownerKey[at]?.column ?? column, column] as const);

const events = [
  { event: "insert", when: "after insert", row: "new" },
  { event: "update", when: "after update", row: "new" },
  // Before: a foreign key takes the children with the row, and fires no trigger of theirs (MY-18).
  { event: "delete", when: "before delete", row: "old" },
] as const;

/** The triggers that write the history. */
export const recordingTriggers = (recording: Recording): readonly TriggerShape[] =>
  events.map(({ event, when, row }) => {
    const { table } = recording;
    const name = triggerName(table, `record_${event}`);
    return {
      name,
      table,
      definition: `create trigger ${identifier(name)} ${when} on ${identifier(table)} for each row\n${recordText(recording, event, row)}`,
    };
  });

function recordText(recording: Recording, event: string, row: "new" | "old"): string {
  const { history, found, key, content, children } = recording;
  const values = [
    ...found.map(([, column]) => qualified(row, column)),
    operationText(recording, event),
    `greatest(${now}, coalesce(last_change.moment, ${now}))`,
    "coalesce(@app_actor, current_user())",
    `json_object(${indented(filled(properties(content, row)), "    ")})`,
    ...(children === undefined ? [] : [childrenObject(children, row)]),
  ];
  const own = [
    ...found.map(([recorded]) => identifier(recorded)),
    "operation",
    "changed_at",
    "changed_by",
    "content",
  ];
  const same = key.map(
    (column) => `${qualified("change_of_row", column)} = ${qualified(row, column)}`,
  );
  return `insert into ${identifier(history)} (${[...own, ...(children === undefined ? [] : ["children"])].join(", ")})
select
  ${values.join(",\n  ")}
from (
  select max(latest.changed_at) as moment from (
    select change_of_row.changed_at from ${identifier(history)} change_of_row
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
function operationText({ deletedAt }: Recording, event: string): string {
  if (deletedAt === undefined || event !== "update") return literal(event);
  return `if(${qualified("old", deletedAt)} is null and ${qualified("new", deletedAt)} is not null, 'delete', 'update')`;
}

/**
 * Once it has saved the children of a new root, the data layer gives what was recorded of the root those that it knows; this gives it all of
 * them. Of what was recorded earlier the children are not there any more.
 */
export function gatheringTrigger({ history, key, children }: Recording): TriggerShape | undefined {
  if (children === undefined) return undefined;
  const name = triggerName(history, "gather_children");
  const same = key.map(
    (column) => `${qualified("later_change", column)} = ${qualified("new", column)}`,
  );
  return {
    name,
    table: history,
    definition: `create trigger ${identifier(name)} before update on ${identifier(history)} for each row
begin
  if (${isNoBackfill}) and not (new.children <=> old.children) and not exists (
    select 1 from ${identifier(history)} later_change
    where ${same.join(" and ")} and later_change.revision > new.revision
  ) then
    set new.children = ${indented(childrenObject(children, "new"), "    ")};
  end if;
end`,
  };
}

/** `{"order_lines": [{"line_no": 1, …}, …]}`. @param root how the owner's columns are named */
export const childrenObject = (
  children: readonly RecordedChild[],
  root: string,
  gather: Gathering = gatheredRows,
): string =>
  `json_object(${children
    .flatMap(({ table, names, owned, content }) => {
      const rows = gather(
        table,
        owned,
        root,
        `json_object(${indented(filled(properties(content, childRow)))})`,
      );
      return names.map((name) => `${literal(name)}, ${indented(rows)}`);
    })
    .join(", ")})`;

const properties = (content: readonly RecordedValue[], row: string): readonly string[] =>
  content.map(({ name, value }) => `${literal(name)}, ${value(row)}`);
