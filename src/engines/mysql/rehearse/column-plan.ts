import { boundsOf, inEach, literalsOf } from "../../families/sql/conditions.ts";
import type { ColumnPlan, ValueBounds } from "../../families/sql/rehearse/column-plan.ts";
import type { LiveColumn, LiveTable } from "../live/tables.ts";

/** Names of types as the makers of values know them. */
const kinds: Readonly<Record<string, string>> = {
  tinyint: "smallint",
  smallint: "smallint",
  mediumint: "integer",
  int: "integer",
  bigint: "bigint",
  year: "smallint",
  decimal: "numeric",
  float: "real",
  double: "double precision",
  char: "character",
  varchar: "character varying",
  tinytext: "text",
  text: "text",
  mediumtext: "text",
  longtext: "text",
  date: "date",
  datetime: "timestamp without time zone",
  timestamp: "timestamp without time zone",
  time: "time without time zone",
  json: "json",
  binary: "bytea",
  varbinary: "bytea",
  tinyblob: "bytea",
  blob: "bytea",
  mediumblob: "bytea",
  longblob: "bytea",
};

/** Nobody makes values of these: they stay empty, or their table does, which is told. */
const spatial =
  /^(?:geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection)$/;

/** A column that gets values; undefined for one that the server fills by itself. */
export function columnPlan(column: LiveColumn, table: LiveTable): ColumnPlan | undefined {
  const { name, generated, autoIncrement } = column;
  if (generated || autoIncrement || spatial.test(column.type)) return undefined;
  const own = table.checks.filter((condition) => mentions(condition, name));
  const type = typeOf(column, own);
  return {
    name,
    type,
    ...limitsOf(column),
    words: wordsOf(column, own),
    bounds: { ...firstNumber(column, table), ...boundsFor(column, own) },
    length: lengthOf(name, own),
    distinct: table.keys.some(({ columns }) => lastOwn(columns, table) === name),
    nullable: column.nullable,
    prefers: own.some((text) => /\b(?:regexp|rlike|like)\b/i.test(text)) ? 2 : 0,
  };
}

const mentions = (condition: string, name: string): boolean =>
  new RegExp(`(?<![\\w$])${name.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")}(?![\\w$])`).test(
    condition,
  );

function typeOf({ type, full, length }: LiveColumn, own: readonly string[]): string {
  if (own.some((text) => /\bjson_/i.test(text))) return "json";
  if (type === "tinyint" && full.startsWith("tinyint(1)")) return "boolean";
  if (type === "char" && length === 36) return "uuid";
  return kinds[type] ?? type;
}

function limitsOf({ length, precision, scale, type }: LiveColumn): Pick<ColumnPlan, "limits"> {
  if (type === "decimal") return { limits: [precision ?? 10, scale ?? 0] };
  return length === undefined ? {} : { limits: [length, 0] };
}

/** Of an enum or a set, or of a check that lists them. */
function wordsOf({ type, full, name }: LiveColumn, own: readonly string[]): readonly string[] {
  if (type === "enum" || type === "set") return literalsOf(full);
  if (type === "bit") return ["1"];
  return inEach(
    own
      .filter((text) => mentions(text.split(/\bin\b/i)[0] ?? "", name) && isList(text))
      .map(literalsOf),
  );
}

/** `status in ('a', 'b')` alone. */
const isList = (condition: string): boolean =>
  /\bin \(/i.test(condition) && !/[<>~]|\b(?:and|not|or)\b/i.test(condition);

function boundsFor({ type, full, name }: LiveColumn, own: readonly string[]): ValueBounds {
  const least = full.includes("unsigned") ? { min: 0 } : {};
  const most = type === "tinyint" ? { max: 127 } : {};
  const years = type === "year" ? { min: 1970, max: 2100 } : {};
  return { ...least, ...most, ...years, ...tightest([boundsOf(name, own), ...between(name, own)]) };
}

/** For a key that the server makes, 0 means that it is to make one. */
const firstNumber = ({ name }: LiveColumn, { keys }: LiveTable): ValueBounds =>
  keys.some(({ primary, columns }) => primary && columns.includes(name)) ? { min: 1 } : {};

/** `x between 0 and 5` */
function between(name: string, own: readonly string[]): readonly ValueBounds[] {
  const range = new RegExp(`(?<![\\w$(])\\(?${name} between (-?[\\d.]+) and (-?[\\d.]+)`, "i");
  return own.flatMap((condition) => {
    const [, min, max] = range.exec(condition) ?? [];
    return min === undefined ? [] : [{ min: Number(min), max: Number(max) }];
  });
}

function tightest(all: readonly ValueBounds[]): ValueBounds {
  const mins = all.flatMap(({ min }) => min ?? []);
  const maxs = all.flatMap(({ max }) => max ?? []);
  return {
    ...(mins.length > 0 && { min: Math.max(...mins) }),
    ...(maxs.length > 0 && { max: Math.min(...maxs) }),
  };
}

function lengthOf(name: string, own: readonly string[]): ValueBounds {
  for (const measure of ["char_length", "length", "octet_length", "json_length"]) {
    const found = boundsOf(`${measure}(${name})`, own);
    if (found.min !== undefined || found.max !== undefined) return found;
  }
  return {};
}

/** What makes a key distinct is its last column that a statement writes. */
const lastOwn = (columns: readonly string[], table: LiveTable): string | undefined =>
  columns.findLast((name) =>
    table.columns.some((column) => column.name === name && !column.generated),
  );
