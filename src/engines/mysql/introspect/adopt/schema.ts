import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import type { CatalogueColumn, CatalogueIndex } from "../../../families/sql/adopt/catalogue.ts";
import type { AdoptDialect, FieldsByColumn } from "../../../families/sql/adopt/dialect.ts";
import { adoptTables } from "../../../families/sql/adopt/schema.ts";
import { prefixCharacters } from "../../ddl/index-shape.ts";
import type { Dialect } from "../../dialect.ts";
import { nameProblem } from "../../refuse.ts";
import { expressionProblem } from "../../sql/expression.ts";
import { isUnlimited } from "../../types.ts";
import type { MysqlCatalogue, MysqlTable } from "../catalogue.ts";
import { fieldTypeOf, typeRemark, typeSpecOf } from "./column-type.ts";
import { valueOf } from "./default.ts";

/** A live schema in the words of the spec. What the spec has no word for stays in the database and is told in a note. Pure. */
export const adoptSchema = (
  { tables, objects }: MysqlCatalogue,
  dialect: Dialect,
  except: readonly string[],
): AdoptedSchema =>
  adoptTables(
    tables.filter(isTransactional),
    adoptDialect(tables, dialect),
    [
      ...tables
        .filter((table) => !isTransactional(table))
        .map(
          ({ name, engine }) =>
            `table ${name}: ${engine} has no transactions; one of InnoDB would be an entity`,
        ),
      ...[...Map.groupBy(objects, ({ kind }) => kind)].map(
        ([kind, own]) => `${kind}s: ${own.map(({ name }) => name).join(", ")}`,
      ),
      ...objects
        .filter(({ definition }) => definition === "")
        .map(({ kind, name }) => `${kind} ${name} cannot be read: a fresh store will not have it`),
    ],
    except,
  );

const adoptDialect = (
  tables: readonly MysqlTable[],
  dialect: Dialect,
): AdoptDialect<MysqlTable> => {
  const invisible = new Set(
    tables.flatMap(({ columns }) => columns.filter((column) => column.invisible)),
  );
  return {
    typeOf: typeSpecOf,
    storedType: ({ type }) => type,
    valueOf,
    keyName: () => "PRIMARY",
    isWritable,
    columnRefusal: (column, inKey) => columnRefusal(column, inKey, invisible),
    columnRemark: ({ type }) => typeRemark(type),
    // MY-18
    onUpdateRemark: " (fires no trigger, so audit: would miss it)",
    isCut: ({ type }) => /^(?:datetime|timestamp)\([456]\)$/.test(type),
    uncutType: ({ type }) => type.replace(/\(\d\)$/, "(3)"),
    expressionProblem,
    indexRefusal: (index, fields) => indexRefusal(index, fields, dialect),
    tableNotes: (table) => [
      ...tableNotes(table),
      ...(dialect.descendingKeys ? [] : descending(table)),
    ],
    fillsInserts: ({ triggers }) => triggers.some(({ event }) => event === "before insert"),
  };
};

/** Without transactions an operation id could be kept and its work lost. */
const isTransactional = ({ engine }: MysqlTable): boolean => engine.toLowerCase() === "innodb";

/** A statement's parameters are found in its text, quoted names included. */
const isWritable = (name: string): boolean =>
  nameProblem(name) === undefined && !/\$\d|\p{Cc}/u.test(name);

/** Types whose values the driver gives as something that no field of the spec is. */
const untold =
  /^(?:geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection|vector)\b/;

function columnRefusal(
  column: CatalogueColumn,
  inKey: boolean,
  invisible: ReadonlySet<CatalogueColumn>,
): string | undefined {
  const { type, generated, identity } = column;
  if (generated !== undefined) return `is computed as ${generated.expression}`;
  if (identity !== undefined && !inKey) return "is numbered by the database";
  if (invisible.has(column)) return "is invisible";
  return untold.test(type) ? `is a ${type}` : undefined;
}

/** What `indexes:` would make is what the database has, or it is not said. */
function indexRefusal(
  { keys, method, where, unique }: CatalogueIndex,
  fields: FieldsByColumn,
  { expressionIndexes }: Dialect,
): string | undefined {
  if (where !== undefined) return `holds where ${where}`;
  if (method === "fulltext") return undefined;
  if (method !== "btree") return `is a ${method} index`;
  if (!expressionIndexes && keys.some(({ column }) => column === undefined))
    return "is over an expression";
  for (const { column = "", prefix } of keys) {
    const field = fields.get(column);
    if (field === undefined) continue;
    const whole = !isUnlimited(fieldTypeOf(field.spec));
    if (prefix === undefined ? !whole : whole || prefix !== prefixCharacters)
      return `holds the first ${prefix ?? "bytes"} characters of ${column}`;
  }
  return unique && keys.some(({ prefix }) => prefix !== undefined)
    ? "keeps beginnings of texts apart"
    : undefined;
}

/** Those of the data layer ascend: MA-08. */
const descending = ({ indexes }: MysqlTable): readonly string[] =>
  indexes.flatMap(({ name, keys }) =>
    keys.some((key) => key.descending)
      ? [
          `index ${name} descends, and a list that reads a range of it may miss rows: make one that ascends in its place`,
        ]
      : [],
  );

function tableNotes(table: MysqlTable): readonly string[] {
  const { versioned, partitioned, triggers, columnChecks, unenforced, columns } = table;
  const json = new Set(columns.filter(({ type }) => type === "json").map(({ name }) => name));
  return [
    ...(versioned ? ["keeps its own history (system versioning)"] : []),
    ...(partitioned ? ["is partitioned"] : []),
    ...unenforced.map((name) => `constraint ${name} is not enforced`),
    ...triggers.map(({ name, event }) => `trigger ${name} (${event})`),
    ...Object.entries(columnChecks)
      .filter(([column]) => !json.has(column))
      .map(([column, check]) => `check of column ${column} itself: ${check}`),
  ];
}
