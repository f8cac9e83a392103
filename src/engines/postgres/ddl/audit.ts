import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import { identifier, identifiers, literal } from "../sql/quote.ts";
import type { ColumnShape, FunctionShape, TableShape, TriggerShape } from "../schema/shape.ts";
import { columnType } from "../types.ts";
import { ownColumn } from "./column.ts";
import {
  checkName,
  columns,
  historyTable,
  ownerOf,
  primaryKeyName,
  tenantOf,
  triggerName,
} from "./naming.ts";
import { securityOf } from "./rls.ts";
import { historyGrants } from "./role.ts";
import { searchColumns } from "./search.ts";
import { keyConstraint } from "./table.ts";

/**
 * History of a table: every change as one row, written by a trigger, so that no way of writing goes around it.
 *
 * The content is `jsonb` and comes back through `jsonb_populate_record`, which gives each column its type again: a later column needs no
 * change here. `changed_at` is the time of the transaction, so a root and its children change at one moment; it never falls for one key,
 * however long a transaction waited, so `asOf` is exact.
 */
export function historyShape(entity: EntityIr, store: StoreIr, project: string): TableShape {
  const name = historyTable(entity);
  return {
    name,
    comment: `Every change of ${entity.table}, written by its trigger.`,
    columns: historyColumnShapes(entity, store),
    constraints: [
      keyConstraint(primaryKeyName(name), ["revision"]),
      {
        name: checkName(name, "operation"),
        kind: "check",
        definition: "check (operation in ('insert', 'update', 'delete'))",
      },
    ],
    indexes: [
      {
        name: indexName(name, columns(entity.key)),
        unique: false,
        body: `(${identifiers(columns(entity.key))}, revision desc)`,
        comment: "Serves history and asOf, and the trigger: the last change of a key.",
      },
    ],
    ...securityOf(entity, store, name),
    grants: historyGrants(store, project),
  };
}

export const auditFunction = (entity: EntityIr): string =>
  triggerName(entity.table, "recordHistory");

/** What a history row is found by: the key, and the tenant for row-level security. */
function keyFields(entity: EntityIr, store: StoreIr): readonly FieldIr[] {
  const tenant = tenantOf(entity, store);
  return tenant === undefined || entity.key.includes(tenant) ? entity.key : [...entity.key, tenant];
}

const historyColumnShapes = (entity: EntityIr, store: StoreIr): readonly ColumnShape[] => [
  {
    ...ownColumn("revision", "bigint", "Rises with every change of a row."),
    value: { kind: "identity", always: true },
  },
  ...keyFields(entity, store).map((field) => ({
    ...ownColumn(field.column, columnType(field.type), `As in ${entity.table}.`),
    field: field.name,
    role: field.source.role,
  })),
  ownColumn("operation", "text", "What was done."),
  ownColumn(
    "changed_at",
    "timestamptz(3)",
    "Time of the transaction; never before the change that preceded it.",
  ),
  ownColumn("changed_by", "text", "The setting app.current_actor, else the user of the session."),
  ownColumn("content", "jsonb", "The row after the change; before it, for a delete."),
  ...(entity.children.length === 0
    ? []
    : [
        ownColumn(
          "children",
          "jsonb",
          "The rows it owns, by table, after the statement; before it, for a delete.",
        ),
      ]),
];

/** Writes the history when the trigger fires. */
export const auditFunctionShape = (entity: EntityIr, store: StoreIr): FunctionShape => ({
  name: auditFunction(entity),
  arguments: "",
  definition: auditText(entity, store),
  comment: `Records the changes of ${entity.table}.`,
});

export const auditTrigger = (entity: EntityIr): TriggerShape => ({
  name: auditFunction(entity),
  event: "after insert or update or delete",
  function: auditFunction(entity),
  comment: `Records every change in ${historyTable(entity)}.`,
});

function auditText(entity: EntityIr, store: StoreIr): string {
  const name = identifier(auditFunction(entity));
  const table = identifier(entity.table);
  const kept = columns(keyFields(entity, store));
  const changed = kept.map((column) => `changed.${identifier(column)}`).join(", ");
  const children = entity.children.length === 0 ? undefined : childrenOf(entity);
  return `create function ${name}() returns trigger
language plpgsql as $history$
declare
  changed ${table};
  change text := lower(tg_op);
begin${ofBackfill}
  if tg_op = 'DELETE' then
    changed := old;
  else
    changed := new;
  end if;${softDeletion(entity)}
  insert into ${identifier(historyTable(entity))} (${identifiers(kept)}, operation, changed_at, changed_by, content${children === undefined ? "" : ", children"})
  values (
    ${changed},
    change,
    greatest(
      now(),
      ${lastChanges(entity, store).join(",\n      ")}
    ),
    coalesce(nullif(current_setting('app.current_actor', true), ''), session_user),
    to_jsonb(changed)${searchColumns(entity, store)
      .map((column) => ` - ${literal(column.name)}`)
      .join("")}${children === undefined ? "" : `,\n    ${children}`}
  );
  return null;
end
$history$;`;
}

/**
 * A migration that gives rows the form of another schema changes nothing of what they say. The setting alone could be made by anybody; who
 * has the owner's rights could drop the trigger as well.
 */
const ofBackfill = `
  if current_setting('app.backfill', true) = 'on'
    and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage') then
    return null;
  end if;`;

/** The trigger runs after the whole statement, so it sees the children that came with the root; those of a deleted root are gone. */
function childrenOf(entity: EntityIr): string {
  const rows = entity.children.map((child) => {
    const same = entity.key.map(
      (field, at) =>
        `child.${identifier(child.ownerKey[at]?.column ?? field.column)} = changed.${identifier(field.column)}`,
    );
    return `${literal(child.entity.table)}, (
        select coalesce(jsonb_agg(to_jsonb(child)), '[]') from ${identifier(child.entity.table)} child
        where ${same.join(" and ")}
      )`;
  });
  const key = columns(entity.key);
  return `case
      when tg_op = 'DELETE' then coalesce(${ofLastChange("children", historyTable(entity), key, key)}, '{}')
      else jsonb_build_object(${rows.join(", ")})
    end`;
}

/** Setting the mark is a deletion for whoever reads the history. */
function softDeletion(entity: EntityIr): string {
  if (entity.deletedAt === undefined) return "";
  const column = identifier(entity.deletedAt.column);
  return `
  if tg_op = 'UPDATE' and old.${column} is null and new.${column} is not null then
    change := 'delete';
  end if;`;
}

/** Times that a change must not lie before: the last one of the same key, and for a child that of its root. */
function lastChanges(entity: EntityIr, store: StoreIr): readonly string[] {
  const own = ofLastChange(
    "changed_at",
    historyTable(entity),
    columns(entity.key),
    columns(entity.key),
  );
  const owner = ownerOf(entity, store);
  const child = owner?.children.find((each) => each.entity.name === entity.name);
  if (owner === undefined || child === undefined) return [own];
  const root = [historyTable(owner), columns(owner.key), columns(child.ownerKey)] as const;
  return [own, ofLastChange("changed_at", ...root)];
}

function ofLastChange(
  column: "changed_at" | "children",
  table: string,
  key: readonly string[],
  values: readonly string[],
): string {
  const same = key.map(
    (name, at) => `h.${identifier(name)} = changed.${identifier(values[at] ?? name)}`,
  );
  return `(select h.${column} from ${identifier(table)} h where ${same.join(" and ")} order by h.revision desc limit 1)`;
}
