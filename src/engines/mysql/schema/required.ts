import { type Draft, draft } from "../../families/sql/draft.ts";
import { identifier, literal } from "../sql/quote.ts";
import type { TableChange } from "./change.ts";
import { rank } from "./rank.ts";
import { alterTable, columnText, type Online } from "./render.ts";
import type { ColumnShape, TableShape } from "./shape.ts";

/** No transaction holds DDL here: each statement commits by itself, whole or not at all (MY-21). */
export const alone = { transactional: false } as const;

/** InnoDB changes no columns beside a full text index but by a copy of the table (MY-21). */
export const beside = (table: TableShape, online: Online): Online =>
  table.indexes.some(({ kind }) => kind === "fulltext") ? "copy" : online;

export const slow = (online: Online): Draft["risks"] =>
  online === "instant" || online === "inplace" ? ["none"] : ["rewrites"];

export const told = (online: Online): Pick<Draft, "note"> | undefined =>
  online === "copy"
    ? {
        note: "The server copies the table: reads go on, writes wait. For a large table take gh-ost or pt-online-schema-change.",
      }
    : undefined;

/** Makes a column required once every row has a value. @param was how it is until then */
export function requireDraft(
  change: TableChange,
  column: ColumnShape,
  was: ColumnShape,
  fill: string | undefined,
): Draft {
  const table = change.from.name;
  const online = beside(change.from, "inplace");
  const name = identifier(column.name);
  const rest =
    fill === undefined
      ? []
      : [`update ${identifier(table)} set ${name} = ${fill} where ${name} is null;`];
  return draft({
    ...alone,
    ...told(online),
    phase: "contract",
    rank: rank.require,
    stem: `${table}-require-${column.name}`,
    title: `${table}: column ${column.name} is required`,
    risks: [...slow(online).filter((risk) => risk !== "none"), "depends-on-data"],
    up: [
      ...rest,
      `-- refuse: column ${column.name} of ${table} is empty in a row`,
      `select 1 from ${identifier(table)} where ${name} is null limit 1;`,
      alterTable(table, [`modify column ${columnText(column)}`], online),
    ],
    down: [alterTable(table, [`modify column ${columnText({ ...was, nullable: true })}`], online)],
    verify: `select count(*) > 0 from information_schema.columns where table_schema = database() and table_name = ${literal(table)} and column_name = ${literal(column.name)} and is_nullable = 'NO'`,
    touches: [change.part],
  });
}

/** So that new code, which does not know the column, can insert. */
export function relaxed(change: TableChange, column: ColumnShape): Draft {
  const table = change.from.name;
  const online = beside(change.from, "inplace");
  return draft({
    ...alone,
    ...told(online),
    rank: rank.alterColumn,
    stem: `${table}-relax-${column.name}`,
    title: `${table}: column ${column.name} may be left out`,
    risks: slow(online),
    up: [alterTable(table, [`modify column ${columnText({ ...column, nullable: true })}`], online)],
    // Rows of new code may have no value: it stays as it is until the column has one again.
    down: [],
    touches: [change.part],
  });
}
