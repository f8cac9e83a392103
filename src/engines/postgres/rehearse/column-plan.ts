import { identifier } from "../sql/quote.ts";
import type { Catalogue, CatalogueColumn, CatalogueTable } from "../introspect/catalogue.ts";
import type { ColumnPlan, ValueBounds } from "../../families/sql/rehearse/column-plan.ts";
import { boundsOf, inEach, literalsOf } from "../../families/sql/conditions.ts";

/** A column that gets values; undefined for one that the database fills by itself. */
export function columnPlan(
  column: CatalogueColumn,
  table: CatalogueTable,
  catalogue: Catalogue,
  texts: readonly string[] = [],
): ColumnPlan | undefined {
  const { generated, identity, default: value } = column;
  if (generated !== undefined || identity !== undefined || value?.startsWith("nextval(") === true)
    return undefined;
  if (column.nullable && isAskedFor(column.name, table.name, texts)) return undefined;
  const checks = table.constraints.flatMap(({ kind, condition, columns }) =>
    kind === "check" && condition !== undefined && columns.includes(column.name)
      ? [{ condition, alone: columns.length === 1 }]
      : [],
  );
  const keys = [
    ...table.constraints.filter(({ kind }) => kind === "primary key" || kind === "unique"),
    ...table.indexes
      .filter(({ unique }) => unique)
      .map((index) => ({
        columns: index.keys.flatMap((key) => key.column ?? mentioned(key.text, table)),
      })),
  ];
  const plan = typePlan(column.name, column.type, catalogue, identifier(column.name));
  const own = checks.map(({ condition }) => condition);
  const words = inEach(
    checks.flatMap(({ condition, alone }) =>
      alone && isList(condition) ? [literalsOf(condition)] : [],
    ),
  );
  const exclusive = table.constraints.some(
    ({ kind, columns }) => kind === "exclude" && columns.includes(column.name),
  );
  const partition = partitionValues(column.name, table, catalogue);
  return {
    ...plan,
    words: partition.length > 0 ? partition : words.length > 0 ? words : plan.words,
    bounds: { ...plan.bounds, ...boundsOf(identifier(column.name), own) },
    length: lengthOf(column.name, own) ?? plan.length ?? {},
    distinct: exclusive || keys.some(({ columns }) => columns.at(-1) === column.name),
    nullable: column.nullable,
    prefers: formOf(column.name, own),
    ...readAs(column.name, table.name, texts),
  };
}

const casts = new Map(
  Object.entries({
    int: "integer",
    int4: "integer",
    int8: "bigint",
    decimal: "numeric",
    float8: "double precision",
    bool: "boolean",
    timestamptz: "timestamp with time zone",
    timestamp: "timestamp without time zone",
  }),
);

/** `code::integer`, `nullif(code, '')::integer`, `cast(code as integer)`, in a text that writes the table. */
function readAs(
  column: string,
  table: string,
  texts: readonly string[],
): { readonly readAs?: string } {
  const name = identifier(column).replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
  const type =
    "(smallint|integer|int[48]?|bigint|numeric|decimal|double precision|float8|boolean|bool|uuid|date|timestamptz|timestamp)";
  const cast = new RegExp(
    `(?<![\\w"])${name}(?![\\w"])(?:[^;:]{0,40}::|\\s+as\\s+)\\s*${type}`,
    "i",
  );
  for (const text of texts) {
    if (!text.includes(identifier(table))) continue;
    const found = cast.exec(text)?.[1]?.toLowerCase();
    if (found !== undefined) return { readAs: casts.get(found) ?? found };
  }
  return {};
}

/** A question of the change for rows that have a value: whoever applies it has none left, or it stops. */
const isAskedFor = (column: string, table: string, texts: readonly string[]): boolean =>
  texts.some((text) =>
    text.includes(`from ${identifier(table)} where ${identifier(column)} is not null;`),
  );

const mentioned = (expression: string, { columns }: CatalogueTable): readonly string[] =>
  columns
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(expression))
    .map(({ name }) => name);

/** A check that only lists values: `x = ANY (ARRAY['a'::text, 'b'::text])`, or one of them alone. */
const isList = (condition: string): boolean =>
  /(?:= ANY \(|= ')/.test(condition) && !/[<>~]|\bAND\b|\bNOT\b/.test(condition);

function lengthOf(column: string, conditions: readonly string[]): ValueBounds | undefined {
  for (const measure of ["char_length", "length", "octet_length", "cardinality"]) {
    const found = boundsOf(`${measure}(${identifier(column)})`, conditions);
    if (found.min !== undefined || found.max !== undefined) return found;
    const exact = conditions
      .map((text) => new RegExp(`${measure}\\(${column}(?:::text)?\\) = (\\d+)`).exec(text)?.[1])
      .find((text) => text !== undefined);
    if (exact !== undefined) return { min: Number(exact), max: Number(exact) };
  }
  return undefined;
}

/** Where a pattern is asked for, the form that it looks like; values of row 7 are tried against it. */
function formOf(column: string, conditions: readonly string[]): number {
  const asked = conditions.some((text) => text.includes("~") || / LIKE /i.test(text));
  if (!asked) return 0;
  return /mail/i.test(column) || conditions.some((text) => text.includes("@")) ? 1 : 2;
}

function typePlan(name: string, type: string, catalogue: Catalogue, subject: string): ColumnPlan {
  const base: ColumnPlan = {
    name,
    type,
    words: [],
    bounds: {},
    distinct: false,
    nullable: true,
    prefers: 0,
  };
  const domain = catalogue.domains.find((each) => identifier(each.name) === type);
  if (domain !== undefined) {
    const under = typePlan(name, domain.type, catalogue, subject);
    const conditions = domain.checks.map(({ definition }) => definition);
    const words = conditions.filter(isList).flatMap(literalsOf);
    return {
      ...under,
      bounds: { ...under.bounds, ...boundsOf("value", conditions) },
      words: words.length > 0 ? words : under.words,
      prefers: formOf(name, conditions),
    };
  }
  const listed = catalogue.enums.find((each) => identifier(each.name) === type);
  if (listed !== undefined) return { ...base, words: listed.values };
  if (type.endsWith("[]"))
    return { ...base, element: typePlan(name, type.slice(0, -2), catalogue, subject) };
  const match = /^([a-z ]+?)\((\d+)(?:,(-?\d+))?\)(.*)$/.exec(type);
  if (match === null) return base;
  const [, word = "", first = "", second = "0", rest = ""] = match;
  return { ...base, type: word + rest, limits: [Number(first), Number(second)] };
}

/** Values that fall into a partition: its lower bound, or an entry of its list. */
function partitionValues(
  column: string,
  table: CatalogueTable,
  catalogue: Catalogue,
): readonly string[] {
  const key = /^(RANGE|LIST) \((.*)\)$/.exec(table.partitionKey ?? "");
  if (key === null || key[2]?.split(",")[0]?.trim() !== identifier(column)) return [];
  const bounds = catalogue.tables.flatMap(({ partitionOf }) =>
    partitionOf?.table === table.name ? [partitionOf.bound] : [],
  );
  if (bounds.includes("DEFAULT")) return [];
  return bounds.flatMap((bound) =>
    key[1] === "LIST" ? literalsOf(bound) : literalsOf(bound).slice(0, 1),
  );
}
