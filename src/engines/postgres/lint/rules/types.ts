import type { ColumnDef } from "libpg-query";
import { identifier } from "../../sql/quote.ts";
import { addedColumns } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { expand } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { constraintOf, strings, tableName, type TypeFacts, typeFacts } from "../tree.ts";

interface Written {
  readonly table: string;
  readonly column: ColumnDef;
  /** It is the whole key: a part of one seldom runs out of numbers. */
  readonly isKey: boolean;
  /** In a table that exists already. */
  readonly isAdded: boolean;
}

/** Every column that a statement defines. */
function writtenColumns(statement: Statement): readonly Written[] {
  const { node } = statement;
  if ("CreateStmt" in node && node.CreateStmt.relation !== undefined) {
    const { relation, tableElts = [] } = node.CreateStmt;
    const keys = tableElts.flatMap((one) =>
      "Constraint" in one && one.Constraint.contype === "CONSTR_PRIMARY"
        ? strings(one.Constraint.keys)
        : [],
    );
    return tableElts.flatMap((one) => {
      if (!("ColumnDef" in one)) return [];
      const column = one.ColumnDef;
      const isKey =
        keys.join() === column.colname || constraintOf(column, "CONSTR_PRIMARY") !== undefined;
      return [{ table: tableName(relation), column, isKey, isAdded: false }];
    });
  }
  return addedColumns(statement).map(({ relation, column }) => ({
    table: tableName(relation),
    column,
    isKey: constraintOf(column, "CONSTR_PRIMARY") !== undefined,
    isAdded: true,
  }));
}

/** A rule about the type of a column: what is wrong with it, and the definition that is right. */
function typeRule(
  id: string,
  covers: readonly string[],
  matches: (type: TypeFacts, written: Written, scene: Scene) => boolean,
  message: (name: string) => string,
  better: (type: TypeFacts, column: string, written: Written) => readonly string[],
  severity: Rule["severity"] = "warning",
): Rule {
  return {
    id,
    severity,
    covers,
    judge: (statement, scene) =>
      writtenColumns(statement).flatMap((written): readonly Hit[] => {
        const type = typeFacts(written.column.typeName);
        if (!matches(type, written, scene)) return [];
        const column = identifier(written.column.colname ?? "");
        return [
          {
            message: message(written.column.colname ?? ""),
            recipe: [expand(...better(type, column, written))],
            at: written.column.location ?? statement.from,
          },
        ];
      }),
  };
}

/** The column with another type, in the statement that it stands in. */
const defined = ({ table, isAdded }: Written, column: string, type: string): string =>
  isAdded
    ? `alter table ${table} add column ${column} ${type};`
    : `create table ${table} (${column} ${type}); -- its other columns as they are`;

const limited = (written: Written, column: string, condition: string): readonly string[] => [
  defined(written, column, "text"),
  `alter table ${written.table} add constraint ${identifier(`${written.column.colname}_length`)} check (char_length(${column}) ${condition}) not valid;`,
];

export const jsonColumn = typeRule(
  "json-column",
  ["strong:add_column_json"],
  // In a new table it may be meant: it keeps the text as it came.
  ({ name }, { isAdded }) => isAdded && name === "json",
  (name) =>
    `${name}: json has no equality, so select distinct, group by and union fail on the table, and no index reaches into it`,
  (_, column, written) => [defined(written, column, "jsonb")],
  "error",
);

export const fixedLength = typeRule(
  "fixed-length-char",
  ["squawk:ban-char-field"],
  ({ name }) => name === "bpchar",
  (name) =>
    `${name}: char(n) is filled up with blanks, which count in some comparisons and not in others`,
  ({ modifiers: [length = 1] }, column, written) => limited(written, column, `= ${length}`),
);

export const preferText = typeRule(
  "prefer-text",
  ["squawk:prefer-text-field"],
  ({ name, modifiers }) => name === "varchar" && modifiers.length > 0,
  (name) =>
    `${name}: a lower limit later writes the table again; a check on the length can be changed beside the traffic`,
  ({ modifiers: [length = 1] }, column, written) => limited(written, column, `<= ${length}`),
);

export const preferTimestamptz = typeRule(
  "prefer-timestamptz",
  ["squawk:prefer-timestamptz"],
  ({ name }) => name === "timestamp",
  (name) =>
    `${name}: without a time zone it is no point in time; each session reads it as its own local time`,
  (_, column, written) => [defined(written, column, "timestamptz")],
);

const narrow = ["int2", "int4", "serial", "serial2", "serial4", "smallserial"];

export const preferBigint = typeRule(
  "prefer-bigint-key",
  ["squawk:prefer-big-int", "squawk:prefer-bigint-over-int", "squawk:prefer-bigint-over-smallint"],
  ({ name }, { isKey, column }) =>
    narrow.includes(name) &&
    (isKey || name.includes("serial") || constraintOf(column, "CONSTR_IDENTITY") !== undefined),
  (name) =>
    `${name}: a key of 32 bits ends at 2,147,483,647, and making it wider later writes the table and all that refer to it again`,
  (_, column, written) => [defined(written, column, "bigint")],
);

export const preferIdentity = typeRule(
  "prefer-identity",
  ["squawk:prefer-identity"],
  ({ name }, { isAdded }) => name.includes("serial") && !isAdded,
  (name) =>
    `${name}: the sequence behind a serial has an owner and rights of its own, which get lost when it is copied`,
  (_, column, written) => [defined(written, column, "bigint generated by default as identity")],
);
