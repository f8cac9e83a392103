import { identifier } from "../../sql/quote.ts";
import { type ColumnSpec, typeText } from "../column.ts";
import { expand } from "../recipe.ts";
import type { Hit, Rule } from "../rule.ts";
import type { Statement } from "../file.ts";

interface Written {
  readonly table: string;
  readonly column: ColumnSpec;
  readonly isKey: boolean;
}

function writtenColumns({ reading }: Statement): readonly Written[] {
  if (reading.kind === "create-table") {
    const { table, columns, elements } = reading;
    const keys = elements.flatMap((each) => (each.kind === "add-primary" ? each.columns : []));
    return columns.map((column) => ({
      table,
      column,
      isKey: column.key === "primary" || keys.join() === column.name,
    }));
  }
  if (reading.kind !== "alter-table") return [];
  return reading.actions.flatMap((each) =>
    each.kind === "add-column"
      ? [{ table: reading.table, column: each.column, isKey: each.column.key === "primary" }]
      : [],
  );
}

const typeRule = (
  id: string,
  severity: Rule["severity"],
  matches: (written: Written) => boolean,
  message: (written: Written) => string,
  better: (written: Written) => string,
): Rule => ({
  id,
  severity,
  covers: [],
  judge: (statement) =>
    writtenColumns(statement)
      .filter(matches)
      .map((written): Hit => ({
        message: message(written),
        recipe: [
          expand(
            `alter table ${identifier(written.table)} add column ${identifier(written.column.name)} ${better(written)}, algorithm=instant;`,
          ),
        ],
      })),
});

export const preferDatetime = typeRule(
  "prefer-datetime",
  "warning",
  ({ column }) => column.type === "timestamp",
  ({ column }) =>
    `timestamp ends in January 2038, and ${column.name} would follow the session's time zone`,
  () => "datetime(3) null",
);

export const preferBigint = typeRule(
  "prefer-bigint-key",
  "warning",
  ({ column, isKey }) =>
    isKey && column.autoIncrement && column.type.endsWith("int") && column.type !== "bigint",
  ({ column }) => `${typeText(column)} runs out, and a key is the hardest column to change`,
  ({ column }) =>
    `bigint not null default 0 comment ${JSON.stringify(`instead of ${typeText(column)}`)}`,
);

export const approximateNumber = typeRule(
  "float-with-digits",
  "warning",
  ({ column }) => ["float", "double"].includes(column.type) && column.args.length === 2,
  ({ column }) =>
    `${typeText(column)} is rounded twice, and sums of it differ; the form is deprecated`,
  ({ column }) => `decimal(${column.args.join(",")}) null`,
);

export const zeroDate = typeRule(
  "zero-date",
  "error",
  ({ column }) => (column.defaultText ?? "").startsWith("'0000-00-00"),
  ({ column }) =>
    `${column.defaultText} is no day: a strict server refuses it, and no driver can read it`,
  ({ column }) => `${typeText(column)} null`,
);
