import { identifier, identifiers, literal } from "../sql/quote.ts";
import type {
  ColumnShape,
  ConstraintShape,
  IndexShape,
  TableShape,
  TriggerShape,
} from "./shape.ts";

/** Shapes as the statements that make them. */

/** The server keeps so many characters of a comment: MY-01. */
const longest = { column: 1_024, table: 2_048 } as const;

const comment = (text: string, of: keyof typeof longest): string =>
  literal(text.length <= longest[of] ? text : `${text.slice(0, longest[of] - 1)}…`);

/** `note varchar(40) not null default '' comment '…'`; a generated column says its expression instead of a default. */
export function columnText(column: ColumnShape): string {
  const { name, type, nullable, value } = column;
  const parts = [identifier(name), type];
  if (value?.kind === "generated")
    parts.push(`generated always as (${value.expression}) ${value.stored ? "stored" : "virtual"}`);
  else parts.push(nullable ? "null" : "not null");
  if (value?.kind === "default") parts.push(`default ${value.expression}`);
  if (value?.kind === "identity") parts.push("auto_increment");
  parts.push(`comment ${comment(column.comment, "column")}`);
  return parts.join(" ");
}

const indexKinds = {
  plain: "key",
  unique: "unique key",
  fulltext: "fulltext key",
} as const satisfies Record<IndexShape["kind"], string>;

/** `unique key orders_ref_key (ref) comment '…'` */
export const indexText = (index: IndexShape): string =>
  `${indexKinds[index.kind]} ${identifier(index.name)} ${index.body} comment ${comment(index.comment, "column")}`;

/** `constraint orders_total_check check (total >= 0)`; a primary key has no name of its own. */
export const constraintText = ({ name, kind, definition }: ConstraintShape): string =>
  kind === "primary" ? definition : `constraint ${identifier(name)} ${definition}`;

/** The whole table. @param constraints those that are made with it */
export function createTable(
  table: TableShape,
  constraints: readonly ConstraintShape[] = table.constraints,
): string {
  const key = constraints.filter(({ kind }) => kind === "primary");
  const others = constraints.filter(({ kind }) => kind !== "primary");
  const parts = [
    ...table.columns.map(columnText),
    ...key.map(constraintText),
    ...table.indexes.map(indexText),
    ...others.map(constraintText),
  ];
  return `create table ${identifier(table.name)} (
  ${parts.join(",\n  ")}
) engine = innodb default character set = utf8mb4 collate = ${table.collation} comment = ${comment(table.comment, "table")};`;
}

export const dropTable = (name: string): string => `drop table ${identifier(name)};`;

export const tableComment = ({ comment: text }: TableShape): string =>
  `comment = ${comment(text, "table")}`;

/** One of several statements ends with `end`, and needs another end of its own. */
export const createTrigger = ({ definition }: TriggerShape): string =>
  definition.endsWith("\nend")
    ? ["delimiter $$", definition, "$$", "delimiter ;"].join("\n")
    : `${definition};`;

export const dropTrigger = (name: string): string => `drop trigger if exists ${identifier(name)};`;

/** How the server takes a change of a table: at once, beside the writers, or by a copy that keeps writers waiting (MY-21). */
export const onlines = ["instant", "inplace", "shared", "copy"] as const;

export type Online = (typeof onlines)[number];

const clauses: Readonly<Record<Online, string>> = {
  instant: "algorithm=instant",
  inplace: "algorithm=inplace, lock=none",
  shared: "algorithm=inplace, lock=shared",
  copy: "algorithm=copy, lock=shared",
};

/** `alter table orders add column …, algorithm=instant;`: fails rather than being slower than it says. */
export const alterTable = (table: string, actions: readonly string[], online: Online): string =>
  `alter table ${identifier(table)}\n  ${[...actions, clauses[online]].join(",\n  ")};`;

export const names = identifiers;
