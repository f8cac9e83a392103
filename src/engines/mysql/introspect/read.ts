import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { CatalogueConstraint, CatalogueIndex } from "../../families/sql/adopt/catalogue.ts";
import type { Dialect } from "../dialect.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import type { MysqlCatalogue, MysqlTable, MysqlTrigger } from "./catalogue.ts";
import { columnOf, conditionOf } from "./column.ts";
import { readObjects } from "./objects.ts";
import {
  checkQuery,
  columnQuery,
  indexQuery,
  referenceQuery,
  tableQuery,
  triggerQuery,
} from "./queries.ts";
import { printedTable } from "./table-text.ts";

export type Cell = string | undefined;
export type Row = readonly Cell[];
/** Runs one statement without parameters; values as text. */
export type Ask = (text: string) => Promise<readonly Row[]>;

/** Reads what the current database holds; locks nothing. Rejects with the driver's error. */
export async function introspect(
  connection: LentConnection,
  dialect: Dialect,
): Promise<MysqlCatalogue> {
  const ask: Ask = async (text) =>
    (await connection.command(text)).rows.map((row) =>
      row.map((value) =>
        value === null
          ? undefined
          : value instanceof Uint8Array
            ? Buffer.from(value).toString()
            : String(value),
      ),
    );
  const columns = byFirst(await ask(columnQuery));
  const indexes = byFirst(await ask(indexQuery(dialect)));
  const references = byFirst(await ask(referenceQuery));
  const checks = byFirst(await ask(checkQuery(dialect)));
  const triggers = byFirst(await ask(triggerQuery));
  const tables: MysqlTable[] = [];
  for (const row of await ask(tableQuery)) {
    const [name = "", type, engine = "", collation = "", comment = "", partitioned] = row;
    if (type === "SEQUENCE") continue;
    const of = (rows: ReadonlyMap<string, readonly Row[]>): readonly Row[] => rows.get(name) ?? [];
    const held = of(checks).filter(([, , , enforced]) => enforced !== "0");
    const [ownChecks, columnChecks] = splitChecks(held, dialect);
    tables.push({
      name,
      collation,
      engine,
      versioned: type === "SYSTEM VERSIONED",
      partitioned: partitioned === "1",
      ...(comment !== "" && { comment }),
      columns: of(columns).map((own) => columnOf(own, dialect, columnChecks)),
      constraints: [
        ...keysOf(of(indexes)),
        ...foreignKeys(of(references)),
        ...ownChecks.map((own) => checkOf(own, dialect)),
      ],
      indexes: indexesOf(of(indexes), dialect),
      columnChecks,
      unenforced: of(checks).flatMap(([check = "", , , enforced]) =>
        enforced === "0" ? [check] : [],
      ),
      triggers: of(triggers).map((own) => triggerOf(own, name)),
      ...printedTable((await ask(`show create table ${identifier(name)}`))[0]?.[1] ?? ""),
    });
  }
  return { tables, objects: await readObjects(ask) };
}

/** Rows without their first cell, by it. */
function byFirst(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = Map.groupBy(rows, ([first = ""]) => first);
  return new Map([...groups].map(([first, own]) => [first, own.map((row) => row.slice(1))]));
}

/** Those of the table, and the conditions of those that stand in a column's definition. */
function splitChecks(
  rows: readonly Row[],
  dialect: Dialect,
): readonly [readonly Row[], Readonly<Record<string, string>>] {
  const ofColumns = rows.filter(([, , level]) => level === "Column");
  return [
    rows.filter((row) => !ofColumns.includes(row)),
    Object.fromEntries(
      ofColumns.map(([name = "", clause = ""]) => [name, conditionOf(clause, dialect)]),
    ),
  ];
}

const checkOf = ([name = "", clause = ""]: Row, dialect: Dialect): CatalogueConstraint => {
  const condition = conditionOf(clause, dialect);
  return {
    name,
    kind: "check",
    definition: `check (${condition})`,
    columns: [],
    condition,
    deferrable: false,
    standing: "validated",
  };
};

/** An index that holds whole columns and nothing else, and keeps rows apart. */
const isKey = (parts: readonly Row[]): boolean =>
  parts.every(
    ([, column, unique, type, direction, prefix]) =>
      column !== undefined &&
      unique === "1" &&
      type === "BTREE" &&
      direction !== "D" &&
      prefix === undefined,
  );

const keysOf = (rows: readonly Row[]): readonly CatalogueConstraint[] =>
  [...Map.groupBy(rows, ([name = ""]) => name)].flatMap(([name, parts]) => {
    if (!isKey(parts)) return [];
    const columns = parts.flatMap(([, column]) => column ?? []);
    const kind = name === "PRIMARY" ? "primary key" : "unique";
    const definition = `${kind} (${identifiers(columns)})`;
    return [{ name, kind, definition, columns, deferrable: false, standing: "validated" } as const];
  });

const indexesOf = (rows: readonly Row[], dialect: Dialect): readonly CatalogueIndex[] =>
  [...Map.groupBy(rows, ([name = ""]) => name)].flatMap(([name, parts]) => {
    const [first] = parts;
    if (first === undefined || isKey(parts)) return [];
    const [, , unique, type = "", , , comment = ""] = first;
    return [
      {
        name,
        definition: "",
        unique: unique === "1",
        method: type.toLowerCase(),
        keys: parts.map(([, column, , , direction, prefix, , expression]) => ({
          ...(column !== undefined && { column }),
          text: column === undefined ? conditionOf(expression ?? "", dialect) : identifier(column),
          descending: direction === "D",
          nullsMoved: false,
          ...(prefix !== undefined && { prefix: Number(prefix) }),
        })),
        include: [],
        nullsNotDistinct: false,
        valid: parts.every(([, , , , , , , , visible]) => visible !== "0"),
        ...(comment !== "" && { comment }),
      },
    ];
  });

const actions = {
  "NO ACTION": "no action",
  RESTRICT: "restrict",
  CASCADE: "cascade",
  "SET NULL": "set null",
  "SET DEFAULT": "set default",
} as const;

const actionOf = (rule: Cell): (typeof actions)[keyof typeof actions] =>
  Object.entries(actions).find(([known]) => known === rule)?.[1] ?? "no action";

const foreignKeys = (rows: readonly Row[]): readonly CatalogueConstraint[] =>
  [...Map.groupBy(rows, ([name = ""]) => name)].map(([name, parts]) => {
    const [, , table = "", , onDelete, onUpdate, isHere] = parts[0] ?? [];
    return {
      name,
      kind: "foreign key",
      definition: "",
      columns: parts.flatMap(([, column]) => column ?? []),
      target: {
        // A table of another database is none that becomes an entity.
        table: isHere === "0" ? "" : table,
        columns: parts.flatMap(([, , , column]) => column ?? []),
        onDelete: actionOf(onDelete),
        onUpdate: actionOf(onUpdate),
      },
      deferrable: false,
      standing: "validated",
    };
  });

const triggerOf = (
  [name = "", timing = "", event = "", body = ""]: Row,
  table: string,
): MysqlTrigger => {
  const when = `${timing} ${event}`.toLowerCase();
  return {
    name,
    event: when,
    definition: `create trigger ${identifier(name)} ${when} on ${identifier(table)} for each row\n${body}`,
  };
};
