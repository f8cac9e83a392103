import { identifier, literal } from "../sql/quote.ts";
import type { TableShape } from "./shape.ts";
import { renameSequence } from "./statement.ts";

const numbered = ({ columns }: Pick<TableShape, "columns">): readonly string[] =>
  columns.flatMap(({ name, value }) => (value?.kind === "identity" ? [name] : []));

/** Where numbers go on when a table of another name takes the place of one. */
export const moveSequence = {
  /** Frees the names of the sequences for the new table's. */
  away: (table: TableShape, from: string, to: string): readonly string[] =>
    numbered(table).flatMap((column) =>
      renameSequence({ table: from, column }, { table: to, column }),
    ),
  /** The new table goes on after the last number of the old one. */
  over: (table: TableShape, from: string, to: string): readonly string[] =>
    numbered(table).map(
      (column) =>
        `select setval(${sequenceOf(to, column)}, coalesce(last_value, start_value), last_value is not null)\n  from pg_sequences where format('%I.%I', schemaname, sequencename) = ${sequenceOf(from, column)};`,
    ),
};

const sequenceOf = (table: string, column: string): string =>
  `pg_get_serial_sequence(${literal(identifier(table))}, ${literal(column)})`;
