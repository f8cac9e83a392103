import { fitted } from "../../../ir/names.ts";
import { remark } from "../../families/sql/remark.ts";
import { identifier } from "../sql/quote.ts";
import { moveGrants } from "./partition-others.ts";
import { moveSequence } from "./partition-sequence.ts";
import {
  commentOnTable,
  createTable,
  createTrigger,
  dropPolicy,
  dropTrigger,
  grant,
  secureAlone,
  switchSecurity,
} from "./render.ts";
import type { TablePart, TableShape } from "./shape.ts";
import { alterColumn, alterTable, renameIndex } from "./statement.ts";

/**
 * A table becomes the default partition of a new one that has its name: a matter of the catalogue, as long as there is no other partition to
 * which a row could belong. Whatever stood on the table stands on the new one; on the partition stays what holds rows together.
 */
export function attached(from: TablePart, to: TablePart): readonly string[] {
  const { table } = to;
  const [part] = table.partition?.parts ?? [];
  if (part === undefined) return [];
  const parent: TableShape = {
    ...table,
    ...(table.partition !== undefined && { partition: { ...table.partition, parts: [] } }),
  };
  return [
    ...from.triggers.map((trigger) => dropTrigger(table.name, trigger)),
    ...unsecured(from.table),
    ...indexNames(from.table).map((name) => renameIndex(name, ofPart(name, table.name, part.name))),
    remark("lint: allow rename-table because a table of its name is made by the next statements"),
    alterTable(table.name, `rename to ${identifier(part.name)}`),
    ...withoutComments(part.name, from.table),
    ...moveSequence.away(from.table, table.name, part.name),
    ...createTable(parent, parent.constraints),
    ...moveSequence.over(table, part.name, table.name),
    ...from.table.columns.flatMap(({ name, value }) =>
      value?.kind === "identity" ? [alterColumn(part.name, name, "drop identity")] : [],
    ),
    alterTable(table.name, `attach partition ${identifier(part.name)} ${part.bound}`),
    commentOnTable(part),
    ...to.triggers.flatMap((trigger) => createTrigger(table.name, trigger)),
    ...secureAlone(table),
    moveGrants(part.name, table.name),
    ...table.grants.flatMap((each) => grant(table.name, each)),
  ];
}

/** On the partition row-level security stays switched on, as {@link secure} has it. */
const unsecured = (table: TableShape): readonly string[] => [
  ...table.policies.map((policy) => dropPolicy(table.name, policy)),
  ...(table.security === "forced" ? [switchSecurity(table.name, "no force")] : []),
];

/** Indexes, and those of keys and unique constraints: names that the new table's take. */
const indexNames = ({ constraints, indexes }: TableShape): readonly string[] =>
  [...constraints.filter(({ kind }) => kind === "primary" || kind === "unique"), ...indexes].map(
    ({ name }) => name,
  );

/** As the server would have called it on the partition: `orders_default_pkey`. */
const ofPart = (name: string, table: string, part: string): string =>
  fitted(name.startsWith(`${table}_`) ? part + name.slice(table.length) : `${part}_${name}`);

/** What the table's own say. */
const withoutComments = (name: string, table: TableShape): readonly string[] => [
  ...table.columns.map(
    (column) => `comment on column ${identifier(name)}.${identifier(column.name)} is null;`,
  ),
  ...table.indexes.map(
    (index) => `comment on index ${identifier(ofPart(index.name, table.name, name))} is null;`,
  ),
];
