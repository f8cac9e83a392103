import type { Snapshot } from "../../../migrate/step.ts";
import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import { auditTriggers, historyShape } from "../ddl/audit.ts";
import { operationShape } from "../ddl/operation.ts";
import { tableShape } from "../ddl/table.ts";
import type { Dialect } from "../dialect.ts";
import type { StorePart, TablePart, TableShape } from "./shape.ts";

/** The part that belongs to no table. */
export const storePartName = "store";

/** Name of a table's part: that of the table, unless it is the name of the part for the rest. */
export const partName = (table: string): string =>
  table === storePartName ? `${table}-table` : table;

/** What all migrations of a store together make. */
export const snapshotOf = (store: StoreIr, dialect: Dialect): Snapshot =>
  new Map<string, unknown>([
    ...store.entities.map(
      (entity) => [partName(entity.table), tablePart(entity, store, dialect)] as const,
    ),
    [storePartName, { kind: "store", operation: operationShape(dialect) } satisfies StorePart],
  ]);

const tablePart = (entity: EntityIr, store: StoreIr, dialect: Dialect): TablePart => ({
  kind: "table",
  entity: entity.name,
  table: tableShape(entity, store, dialect),
  ...(entity.audit && { history: historyShape(entity, dialect) }),
  triggers: entity.audit ? auditTriggers(entity) : [],
});

/** Elements of arrays that a snapshot of before does not tell, as the spec has them now. */
export function completed(stored: unknown, now: unknown): unknown {
  if (!isPart<TablePart>(stored, "table") || !isPart<TablePart>(now, "table")) return stored;
  const known = new Map(now.table.columns.map(({ name, elements }) => [name, elements]));
  const columns = stored.table.columns.map((column) => {
    const elements = column.elements ?? known.get(column.name);
    return elements === undefined ? column : { ...column, elements };
  });
  return { ...stored, table: { ...stored.table, columns } } satisfies TablePart;
}

/** A snapshot as this engine reads it. */
export interface Schema {
  readonly tables: readonly TablePart[];
  readonly store?: StorePart;
}

/** Every part stood in a file that this engine wrote; one of another engine's is told by its name. */
export function schemaOf(snapshot: Snapshot): Schema {
  const tables: TablePart[] = [];
  let store: StorePart | undefined;
  for (const [name, content] of snapshot) {
    if (isPart<TablePart>(content, "table")) tables.push(content);
    else if (isPart<StorePart>(content, "store")) store = content;
    else throw new TypeError(`the snapshot's part ${name} is none of this engine`);
  }
  return { tables, ...(store !== undefined && { store }) };
}

const isPart = <P extends TablePart | StorePart>(value: unknown, kind: P["kind"]): value is P =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind;

export const tablesOf = ({ table, history }: TablePart): readonly TableShape[] =>
  history === undefined ? [table] : [table, history];
