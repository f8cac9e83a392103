import type { StoreIr } from "../../../ir/types.ts";
import type { NameMatch } from "../../../migrate/reused-names.ts";
import { matchColumns, matchTables, type NamedColumn, type NamedTable } from "./match.ts";

/** A table with its columns, as a snapshot has it. */
interface HeldTable {
  readonly name: string;
  readonly columns: readonly NamedColumn[];
}

/** A table of a snapshot with its history, which is another table. */
export interface HeldPart<T extends HeldTable> extends NamedTable {
  readonly table: T;
  readonly history?: T | undefined;
}

/** The tables of two snapshots, histories among them. */
export interface TableSides<T> {
  readonly kept: readonly { readonly before: T; readonly after: T; readonly entity: string }[];
  readonly added: readonly T[];
  readonly dropped: readonly T[];
}

export function tableSides<T extends HeldTable>(
  from: readonly HeldPart<T>[],
  to: readonly HeldPart<T>[],
  store: StoreIr,
): TableSides<T> {
  const { kept, added, dropped } = matchTables(from, to, store);
  const pairs = kept.flatMap((pair) =>
    (["table", "history"] as const).map((which) => ({
      before: pair.from[which],
      after: pair.to[which],
      entity: pair.to.entity,
    })),
  );
  return {
    kept: pairs.flatMap(({ before, after, entity }) =>
      before === undefined || after === undefined ? [] : [{ before, after, entity }],
    ),
    added: [
      ...added.flatMap(tablesOf),
      ...pairs.flatMap(({ before, after }) => (before === undefined ? (after ?? []) : [])),
    ],
    dropped: [
      ...dropped.flatMap(tablesOf),
      ...pairs.flatMap(({ before, after }) => (after === undefined ? (before ?? []) : [])),
    ],
  };
}

/** Entities with their fields, as the spec called them. */
export const heldFields = (
  parts: readonly HeldPart<HeldTable>[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(parts.map(({ entity, table }) => [entity, table.columns.map(({ field }) => field)]));

const tablesOf = <T extends HeldTable>({ table, history }: HeldPart<T>): readonly T[] =>
  history === undefined ? [table] : [table, history];

/** What a change does to the names of tables and columns. */
export function sqlNames<T extends HeldTable>(
  { kept, added, dropped }: TableSides<T>,
  store: StoreIr,
): readonly NameMatch[] {
  return [
    {
      kind: "table",
      before: [...kept.map(({ before }) => before), ...dropped].map(({ name }) => name),
      kept: kept.map(({ before, after }) => ({ from: before.name, to: after.name })),
      added: added.map(({ name }) => name),
    },
    ...kept.map(({ before, after, entity }): NameMatch => {
      const declared = store.entities.find(({ name }) => name === entity);
      const columns = matchColumns(before.columns, after.columns, declared);
      return {
        kind: "column",
        holder: after.name,
        before: before.columns.map(({ name }) => name),
        kept: columns.kept.map((pair) => ({ from: pair.from.name, to: pair.to.name })),
        added: columns.added.map(({ name }) => name),
      };
    }),
  ];
}
