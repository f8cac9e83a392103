import type { Catalogue, CatalogueConstraint } from "../introspect/catalogue.ts";
import {
  type CircularColumns,
  lateColumns,
  scopeColumns,
} from "../../families/sql/rehearse/row.ts";
import { identifier, identifiers } from "../sql/quote.ts";

/** A reference that closes a circle of tables: the rows it points at are made after those that point. */
export interface CircularKey {
  readonly table: string;
  readonly constraint: CatalogueConstraint;
}

/** Lets the reference be judged at the end of a transaction, or takes that back. */
export const deferrable = ({ table, constraint }: CircularKey, on: boolean): string =>
  `alter table ${identifier(table)} alter constraint ${identifier(constraint.name)} ${on ? "deferrable initially deferred" : "not deferrable"}`;

/** Points every row at one of the target's, each at the next one, within a tenant at one of its own; where the reference may be null, some stay so. */
export function closeCircle(closing: CircularKey, catalogue: Catalogue): string {
  const { table, constraint } = closing;
  const { columns, target } = constraint;
  const own = catalogue.tables.find(({ name }) => name === table)?.columns ?? [];
  const nullable = lateColumns(circularColumns(closing, catalogue)).some((name) =>
    own.some((column) => column.name === name && column.nullable),
  );
  const keys = target?.columns ?? [];
  const scope = scopeColumns(circularColumns(closing, catalogue));
  const pairs = columns.map((name, at) => ({ name, key: identifier(keys[at] ?? "") }));
  const sets = pairs.flatMap(({ name, key }) =>
    scope.includes(name) ? [] : [`${identifier(name)} = there.${key}`],
  );
  const same = pairs.filter(({ name }) => scope.includes(name));
  const within = (names: readonly string[]): string =>
    names.length === 0 ? "" : `partition by ${names.join(", ")}`;
  const [ours, theirs] = [
    within(same.map(({ name }) => identifier(name))),
    within(same.map(({ key }) => key)),
  ];
  const held = same.map(({ name, key }) => ` and there.${key} = here.${identifier(name)}`).join("");
  return `update ${identifier(table)} made set ${sets.join(", ")}
from (select ctid place, tableoid part, ${identifiers(columns)}, row_number() over (${ours}) n from ${identifier(table)}) here
join (
  select ${identifiers(keys)}, row_number() over (${theirs} order by ${identifiers(keys)}) n, count(*) over (${theirs}) total from ${identifier(target?.table ?? "")}
) there on there.n = here.n % there.total + 1${held}
where made.ctid = here.place and made.tableoid = here.part${nullable ? " and here.n % 5 <> 0" : ""}`;
}

/** The columns of such a reference, with the keys of both sides. */
export function circularColumns(
  { table, constraint: { columns, target } }: CircularKey,
  { tables }: Catalogue,
): CircularColumns {
  const keyOf = (name: string | undefined): readonly string[] =>
    tables
      .find((each) => each.name === name)
      ?.constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  return {
    columns,
    ownKey: keyOf(table),
    targetColumns: target?.columns ?? [],
    targetKey: keyOf(target?.table),
  };
}
