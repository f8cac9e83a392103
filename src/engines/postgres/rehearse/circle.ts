import type { Catalogue, CatalogueConstraint } from "../introspect/catalogue.ts";
import { identifier, identifiers } from "../sql/quote.ts";

/** A reference that closes a circle of tables: the rows it points at are made after those that point. */
export interface CircularKey {
  readonly table: string;
  readonly constraint: CatalogueConstraint;
}

/** Lets the reference be judged at the end of a transaction, or takes that back. */
export const deferrable = ({ table, constraint }: CircularKey, on: boolean): string =>
  `alter table ${identifier(table)} alter constraint ${identifier(constraint.name)} ${on ? "deferrable initially deferred" : "not deferrable"}`;

/** Points every row at one of the target's, each in its turn; where the reference may be null, some stay so. */
export function closeCircle({ table, constraint }: CircularKey, catalogue: Catalogue): string {
  const { columns, target } = constraint;
  const own = catalogue.tables.find(({ name }) => name === table)?.columns ?? [];
  const nullable = columns.every((name) =>
    own.some((column) => column.name === name && column.nullable),
  );
  const keys = target?.columns ?? [];
  const sets = columns.map(
    (name, at) => `${identifier(name)} = there.${identifier(keys[at] ?? "")}`,
  );
  return `update ${identifier(table)} made set ${sets.join(", ")}
from (select ctid place, tableoid part, row_number() over () n from ${identifier(table)}) here
join (
  select ${identifiers(keys)}, row_number() over (order by ${identifiers(keys)}) n, count(*) over () total from ${identifier(target?.table ?? "")}
) there on there.n = (here.n - 1) % there.total + 1
where made.ctid = here.place and made.tableoid = here.part${nullable ? " and here.n % 5 <> 0" : ""}`;
}
