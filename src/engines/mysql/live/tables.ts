import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { Dialect } from "../dialect.ts";

/** A column as the server describes it. */
export interface LiveColumn {
  readonly name: string;
  /** `varchar` */
  readonly type: string;
  /** `varchar(40)`, `enum('a','b')`, `int unsigned` */
  readonly full: string;
  /** Characters or bytes. */
  readonly length: number | undefined;
  readonly precision: number | undefined;
  readonly scale: number | undefined;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  readonly autoIncrement: boolean;
  /** Computed by the server: no statement writes it. */
  readonly generated: boolean;
}

/** A primary key or unique index. */
export interface LiveKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primary: boolean;
}

export interface LiveReference {
  readonly name: string;
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export interface LiveTable {
  readonly name: string;
  readonly columns: readonly LiveColumn[];
  readonly keys: readonly LiveKey[];
  readonly references: readonly LiveReference[];
  /** Conditions of its checks, without quotes around names: `total >= 0`. */
  readonly checks: readonly string[];
}

const columnQuery = `select table_name, column_name, data_type, column_type, character_maximum_length, numeric_precision, numeric_scale,
  is_nullable = 'YES', column_default is not null and column_default <> 'NULL', extra like '%auto_increment%',
  coalesce(generation_expression, '') <> ''
from information_schema.columns where table_schema = database() order by table_name, ordinal_position`;

const tableQuery = `select table_name from information_schema.tables
where table_schema = database() and table_type = 'BASE TABLE' order by table_name`;

const keyQuery = `select table_name, index_name, column_name from information_schema.statistics
where table_schema = database() and non_unique = 0 order by table_name, index_name, seq_in_index`;

const referenceQuery = `select table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null
order by table_name, constraint_name, ordinal_position`;

const checkQueries: Readonly<Record<Dialect["name"], string>> = {
  mysql: `select t.table_name, c.check_clause from information_schema.check_constraints c
join information_schema.table_constraints t using (constraint_schema, constraint_name)
where c.constraint_schema = database() and t.constraint_type = 'CHECK'`,
  mariadb: `select table_name, check_clause from information_schema.check_constraints where constraint_schema = database()`,
};

type Text = string | undefined;

/** Every table of the current database, by name. Rejects with the driver's error. */
export async function readTables(
  connection: LentConnection,
  { name: dialect }: Dialect,
): Promise<readonly LiveTable[]> {
  const ask = async (text: string): Promise<readonly (readonly Text[])[]> =>
    (await connection.command(text)).rows.map((row) =>
      row.map((value) => (value === null ? undefined : String(value))),
    );
  const tables = await ask(tableQuery);
  const columns = byTable(await ask(columnQuery));
  const keys = byTable(await ask(keyQuery));
  const references = byTable(await ask(referenceQuery));
  const checks = byTable(await ask(checkQueries[dialect]));
  return tables.map(([name = ""]) => ({
    name,
    columns: (columns.get(name) ?? []).map(columnOf),
    keys: grouped(keys.get(name) ?? []).map(([key, parts]) => ({
      name: key,
      columns: parts.flatMap(([column]) => column ?? []),
      primary: key === "PRIMARY",
    })),
    references: grouped(references.get(name) ?? []).map(([reference, parts]) => ({
      name: reference,
      columns: parts.map(([column = ""]) => column),
      target: parts[0]?.[1] ?? "",
      targetColumns: parts.map(([, , column = ""]) => column),
    })),
    checks: (checks.get(name) ?? []).map(([clause = ""]) => plainCondition(clause)),
  }));
}

type Rows = readonly (readonly Text[])[];

/** Rows without their first column, by it. */
const byTable = (rows: Rows): ReadonlyMap<string, Rows> =>
  new Map(
    [...Map.groupBy(rows, ([table = ""]) => table)].map(([table, own]) => [
      table,
      own.map((row) => row.slice(1)),
    ]),
  );

const grouped = (rows: Rows): readonly (readonly [string, Rows])[] => [...byTable(rows)];

const columnOf = (row: readonly Text[]): LiveColumn => {
  const [name = "", type = "", full = "", length, precision, scale, ...flags] = row;
  const [nullable, hasDefault, autoIncrement, generated] = flags.map((flag) => flag === "1");
  return {
    name,
    type,
    full,
    length: numberOf(length),
    precision: numberOf(precision),
    scale: numberOf(scale),
    nullable: nullable === true,
    hasDefault: hasDefault === true,
    autoIncrement: autoIncrement === true,
    generated: generated === true,
  };
};

const numberOf = (text: Text): number | undefined =>
  text === undefined ? undefined : Number(text);

/** As both servers could have printed it: MySQL names the character set of each text and escapes its quotes. */
const plainCondition = (clause: string): string =>
  clause
    .replaceAll("\\\\\\'", "''")
    .replaceAll("\\'", "'")
    .replaceAll(/_utf8mb[34](?=')/g, "")
    .replaceAll("`", "")
    .replaceAll(/-\((\d+(?:\.\d+)?)\)/g, "-$1");
