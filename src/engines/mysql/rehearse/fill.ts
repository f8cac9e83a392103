import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { Filled } from "../../../migrate/rehearse/store.ts";
import { fillPart } from "../../families/sql/rehearse/fill-part.ts";
import { holdingChecks } from "../../families/sql/rehearse/held-checks.ts";
import { type Circular, parentsFirst } from "../../families/sql/rehearse/parents-first.ts";
import { Random } from "../../families/sql/rehearse/random.ts";
import {
  type CircularColumns,
  lateColumns,
  type Reference,
  type RowPlan,
  scopeColumns,
} from "../../families/sql/rehearse/row.ts";
import type { LiveReference, LiveTable } from "../live/tables.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { columnPlan } from "./column-plan.ts";
import { insertRows } from "./insert-rows.ts";

/** Rows of a target that references choose among. */
const mostTargets = 10_000;

interface Circle extends Circular<LiveTable, LiveReference> {
  readonly closing: CircularColumns;
}

/** Puts generated rows into every table, parents first; what the server refuses is made again otherwise, or left out and told. */
export async function fillTables(
  connection: LentConnection,
  tables: readonly LiveTable[],
  rows: number,
  seed: number,
): Promise<readonly Filled[]> {
  const { order, circular } = parentsFirst(tables, ({ references }) =>
    references.map((reference) => ({ target: reference.target, reference })),
  );
  const circles = circular.map((each): Circle => {
    const { columns, target, targetColumns } = each.reference;
    const keyOf = (table: LiveTable | undefined): readonly string[] =>
      table?.keys.find(({ primary }) => primary)?.columns ?? [];
    const targetKey = keyOf(tables.find(({ name }) => name === target));
    return { ...each, closing: { columns, ownKey: keyOf(each.table), targetColumns, targetKey } };
  });
  const filled: Filled[] = [];
  await connection.command(`set session foreign_key_checks = ${circular.length === 0 ? 1 : 0}`);
  try {
    for (const table of order) {
      const plan = await rowPlan(connection, table, circles);
      const insert = insertRows(connection, table);
      filled.push(await fillPart({ part: table.name, plan, insert }, rows, new Random(seed)));
    }
    for (const each of circles) await connection.command(closeCircle(each));
    for (const { name } of order) await connection.command(`analyze table ${identifier(name)}`);
    return filled;
  } finally {
    await connection.command("set session foreign_key_checks = 1");
  }
}

async function rowPlan(
  connection: LentConnection,
  table: LiveTable,
  circles: readonly Circle[],
): Promise<RowPlan> {
  const plans = table.columns.flatMap((column) => columnPlan(column, table) ?? []);
  const referring = new Set(table.references.flatMap((reference) => reference.columns));
  const columns = holdingChecks(plans, table.checks, referring);
  const own = circles.filter((each) => each.table === table);
  const late = own.map(({ reference }) => reference);
  const references: Reference[] = [];
  for (const reference of table.references) {
    if (late.includes(reference)) continue;
    const { target, targetColumns } = reference;
    const texts = targetColumns.map((name) => `cast(${identifier(name)} as char)`);
    const { rows } = await connection.command(
      `select ${texts.join(", ")} from ${identifier(target)} order by ${identifiers(targetColumns)} limit ${mostTargets}`,
    );
    const pointing = table.columns.filter(({ name }) => reference.columns.includes(name));
    references.push({
      columns: reference.columns,
      rows: rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
      distinct: columns.some(({ name, distinct }) => distinct && name === reference.columns.at(-1)),
      nullable: pointing.some(({ nullable }) => nullable),
    });
  }
  return {
    columns,
    references,
    late: new Set(own.flatMap(({ closing }) => lateColumns(closing))),
    scope: new Set(own.flatMap(({ closing }) => scopeColumns(closing))),
  };
}

/** Points every row at one of the target's, each at the next one; within a tenant, at one of its own. */
function closeCircle({ table, reference, closing }: Circle): string {
  const { columns, target, targetColumns } = reference;
  const key = table.keys.find(({ primary }) => primary)?.columns ?? [];
  const scope = scopeColumns(closing);
  const pairs = columns.map((name, at) => ({
    name: identifier(name),
    there: identifier(targetColumns[at] ?? ""),
    shared: scope.includes(name),
  }));
  const shared = pairs.filter((pair) => pair.shared);
  const within = (names: readonly string[]): string =>
    names.length === 0 ? "" : `partition by ${names.join(", ")}`;
  const [own, theirs] = [
    within(shared.map(({ name }) => name)),
    within(shared.map(({ there }) => there)),
  ];
  const same = key.map((name) => `here.${identifier(name)} = made.${identifier(name)}`);
  const held = shared.map(({ name, there }) => ` and there.${there} = made.${name}`).join("");
  const sets = pairs.flatMap((pair) =>
    pair.shared ? [] : [`made.${pair.name} = there.${pair.there}`],
  );
  const keys = identifiers(targetColumns);
  return `update ${identifier(table.name)} made
join (select ${identifiers(key)}, row_number() over (${own} order by ${identifiers(key)}) n from ${identifier(table.name)}) here on ${same.join(" and ")}
join (select ${keys}, row_number() over (${theirs} order by ${keys}) n, count(*) over (${theirs}) total from ${identifier(target)}) there
  on there.n = here.n % there.total + 1${held}
set ${sets.join(", ")}`;
}
