import type { Action } from "./alter.ts";
import type { ColumnSpec } from "./column.ts";
import { indexedColumns, type IndexSpec } from "./index-spec.ts";
import type { Statement } from "./file.ts";
import type { Reading } from "./statement.ts";

/** What the migrations so far say of a table. */
export interface TableFacts {
  /** Made by the migration that is judged: nobody waits for it. */
  readonly fresh: boolean;
  key: readonly string[];
  readonly columns: Map<string, ColumnSpec>;
  readonly indexes: Map<string, IndexSpec>;
  /** Names of its checks. */
  readonly checks: Set<string>;
}

/** The schema as the migrations up to a statement make it; what others made is not in it. */
export interface Catalogue {
  readonly tables: Map<string, TableFacts>;
  /** Columns, as `table.column`, that a step in batches has filled. */
  readonly filled: Set<string>;
}

export const emptyCatalogue = (): Catalogue => ({ tables: new Map(), filled: new Set() });

type Of<K extends Reading["kind"]> = Extract<Reading, { readonly kind: K }>;

/** Follows one statement. @param fresh whether it belongs to the migration that is judged */
export function follow(
  { tables, filled }: Catalogue,
  { reading, step }: Statement,
  fresh: boolean,
): void {
  if (reading.kind === "create-table") {
    if (!reading.temporary && !tables.has(reading.table))
      tables.set(reading.table, made(reading, fresh));
  } else if (reading.kind === "drop-table") {
    for (const table of reading.tables) tables.delete(table);
  } else if (reading.kind === "rename-table") {
    for (const [from, to] of reading.pairs) moveTable(tables, from, to);
  } else if (reading.kind === "alter-table") {
    const facts = tables.get(reading.table);
    if (facts !== undefined) for (const action of reading.actions) followAction(facts, action);
    for (const action of reading.actions) {
      if (action.kind === "rename-column" && filled.has(`${reading.table}.${action.from}`))
        filled.add(`${reading.table}.${action.to}`);
      if (action.kind === "rename-table") moveTable(tables, reading.table, action.to);
    }
  } else if (reading.kind === "write" && (step.batch !== undefined || isBatched(reading)))
    for (const column of reading.sets) filled.add(`${reading.table}.${column}`);
}

/** Of a text without its record: only a batch has parameters. */
const isBatched = ({ where = "" }: Of<"write">): boolean => /\$\d/.test(where);

function made({ columns, elements, options }: Of<"create-table">, fresh: boolean): TableFacts {
  const facts: TableFacts = {
    fresh,
    key: [],
    columns: new Map(),
    indexes: new Map(),
    checks: new Set(),
  };
  const charset = options.get("collate") ?? options.get("charset");
  for (const column of columns)
    followAction(facts, {
      kind: "add-column",
      column: { ...column, charset: column.charset ?? charset },
    });
  for (const element of elements) followAction(facts, element);
  return facts;
}

function moveTable(tables: Map<string, TableFacts>, from: string, to: string): void {
  const facts = tables.get(from);
  tables.delete(from);
  if (facts !== undefined) tables.set(to, facts);
}

function followAction(facts: TableFacts, action: Action): void {
  const { columns, indexes, checks } = facts;
  switch (action.kind) {
    case "add-column":
      columns.set(action.column.name, action.column);
      if (action.column.key === "primary") facts.key = [action.column.name];
      return;
    case "modify-column":
      columns.delete(action.from);
      columns.set(action.column.name, action.column);
      return;
    case "drop-column":
      columns.delete(action.name);
      return;
    case "rename-column": {
      const column = columns.get(action.from);
      columns.delete(action.from);
      if (column !== undefined) columns.set(action.to, { ...column, name: action.to });
      return;
    }
    case "add-index":
      indexes.set(action.index.name || (indexedColumns(action.index)[0] ?? ""), action.index);
      return;
    case "drop-index":
      indexes.delete(action.name);
      return;
    case "add-primary":
      facts.key = action.columns;
      return;
    case "drop-primary":
      facts.key = [];
      return;
    case "add-check":
      if (action.name !== "") checks.add(action.name);
      return;
    case "drop-check":
      checks.delete(action.name);
      return;
    default:
  }
}
