import { remark } from "../../families/sql/remark.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { moveGrants } from "./partition-others.ts";
import { moveSequence } from "./partition-sequence.ts";
import {
  addConstraint,
  commentOnIndex,
  createIndex,
  createTable,
  createTrigger,
  dropTrigger,
  grant,
  secure,
  switchSecurity,
} from "./render.ts";
import type { ConstraintShape, TablePart, TableShape } from "./shape.ts";
import { alterTable } from "./statement.ts";

/**
 * A table with or without partitions takes the place of one that is made otherwise: every row is copied in the same transaction.
 *
 * @param spare name of the old table meanwhile
 */
export function copiedWhole(from: TablePart, to: TablePart, spare: string): readonly string[] {
  const { table } = to;
  const { name } = table;
  const late = table.constraints.filter(isLate);
  return [
    ...from.triggers.map((trigger) => dropTrigger(name, trigger)),
    // Whoever owns it is bound by its policies otherwise, and sees none of the rows.
    ...(from.table.security === "forced" ? [switchSecurity(name, "no force")] : []),
    remark("lint: allow rename-table because a table of its name is made by the next statements"),
    alterTable(name, `rename to ${identifier(spare)}`),
    ...moveSequence.away(from.table, name, spare),
    ...createTable(
      { ...table, indexes: [] },
      table.constraints.filter((each) => !isLate(each)),
    ),
    remark(
      "lint: allow backfill-with-schema-change because a row that is written meanwhile would be in one of the two tables only",
    ),
    copyRows(table, spare),
    ...moveSequence.over(table, spare, name),
    moveGrants(spare, name),
    remark("lint: allow drop-table because its rows are in the new one"),
    `drop table ${identifier(spare)};`,
    ...late.map((constraint) => addConstraint(name, constraint)),
    ...table.indexes.flatMap((index) => [
      createIndex(name, index),
      commentOnIndex(index.name, index.comment),
    ]),
    ...to.triggers.flatMap((trigger) => createTrigger(name, trigger)),
    ...secure(table),
    ...table.grants.flatMap((each) => grant(name, each)),
  ];
}

/** Made when the rows are there and the old table's are gone: names of indexes are those of the whole schema, and a key that refers to its own table needs them. */
const isLate = ({ kind }: ConstraintShape): boolean => kind !== "check";

function copyRows({ name, columns }: TableShape, from: string): string {
  const written = columns.filter(({ value }) => value?.kind !== "generated");
  const names = identifiers(written.map((column) => column.name));
  const numbered = columns.some(({ value }) => value?.kind === "identity");
  return `insert into ${identifier(name)} (${names})${numbered ? " overriding system value" : ""}\n  select ${names} from ${identifier(from)};`;
}
