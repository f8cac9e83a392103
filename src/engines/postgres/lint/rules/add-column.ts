import type { ColumnDef, Constraint } from "libpg-query";
import { identifier } from "../../sql/quote.ts";
import { addedColumns, type AlterCommand } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { alone, backfill, contract, expand, type RecipePart } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { calledFunctions, columnConstraints, constraintOf, tableName, typeFacts } from "../tree.ts";
import { isVolatile } from "../../sql/volatility.ts";

type Added = AlterCommand & { readonly column: ColumnDef };

/** The columns that a statement adds to tables in use. */
const added = (statement: Statement, scene: Scene): readonly Added[] =>
  addedColumns(statement).filter(({ table }) => !scene.isFresh(table));

const serials = ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"];

/** The default of a column as it is written. */
function defaultText(statement: Statement, { column, to }: Added): string {
  const constraint = constraintOf(column, "CONSTR_DEFAULT");
  if (constraint === undefined) return "";
  const next = nextConstraint(column, constraint) ?? to;
  return statement.source.slice(constraint.location ?? 0, next).replace(/^default\s+/i, "");
}

function nextConstraint(column: ColumnDef, after: Constraint): number | undefined {
  const from = after.location ?? 0;
  const later = columnConstraints(column).flatMap(({ location = 0 }) =>
    location > from ? [location] : [],
  );
  return later.length === 0 ? undefined : Math.min(...later);
}

/** The type of a column as it is written. */
function typeText(statement: Statement, { column, to }: Added): string {
  const from = column.typeName?.location ?? 0;
  const places = columnConstraints(column).map(({ location = 0 }) => location);
  return statement.source.slice(from, Math.min(to, ...places));
}

/** A required column in the way that lets writers go on: nullable, filled in batches, then required by a check that is validated. */
function filledColumn(statement: Statement, scene: Scene, command: Added): readonly RecipePart[] {
  const table = tableName(command.relation);
  const column = identifier(command.column.colname ?? "");
  const value = defaultText(statement, command);
  const required = constraintOf(command.column, "CONSTR_NOTNULL") !== undefined;
  const key = (scene.facts(command.table)?.key ?? []).map(identifier);
  return [
    expand(
      `alter table ${table} add column ${column} ${typeText(statement, command)};`,
      ...(value === ""
        ? []
        : [`alter table ${table} alter column ${column} set default ${value};`]),
    ),
    backfill(
      table,
      key,
      `${column} = ${value === "" ? someValue(command.column) : value}`,
      `${column} is null`,
    ),
    ...(required
      ? requireColumn(table, command.column.colname ?? "", command.relation.relname)
      : []),
  ];
}

/** A value of the column's type, in place of the one that only its user knows. */
function someValue({ typeName }: ColumnDef): string {
  const { name, array } = typeFacts(typeName);
  if (array) return "'{}'";
  if (/^(int[248]|numeric|float[48])$/.test(name)) return "0";
  return values[name] ?? "''";
}

const values: Readonly<Record<string, string>> = {
  bool: "false",
  uuid: "gen_random_uuid()",
  date: "current_date",
  timestamp: "now()",
  timestamptz: "now()",
  json: "'{}'",
  jsonb: "'{}'",
};

/**
 * `set not null` by a check that is validated while others write.
 * @param known an unvalidated check of the same that is there already
 */
export function requireColumn(
  table: string,
  name: string,
  bare = "",
  known?: string,
): readonly RecipePart[] {
  const column = identifier(name);
  const check = identifier(known ?? `${bare}_${name}_required`.slice(0, 63));
  const added = contract(
    `alter table ${table} add constraint ${check} check (${column} is not null) not valid;`,
  );
  return [
    ...(known === undefined ? [added] : []),
    alone(`alter table ${table} validate constraint ${check};`, "contract"),
    contract(
      `alter table ${table} alter column ${column} set not null;`,
      `alter table ${table} drop constraint ${check};`,
    ),
  ];
}

const isAutoIncrement = (column: ColumnDef): boolean =>
  serials.includes(typeFacts(column.typeName).name) ||
  constraintOf(column, "CONSTR_IDENTITY") !== undefined ||
  calledFunctions(constraintOf(column, "CONSTR_DEFAULT")?.raw_expr).includes("nextval");

export const volatileDefault: Rule = {
  id: "add-column-volatile-default",
  severity: "error",
  covers: [
    "squawk:adding-field-with-default",
    "strong:add_column_default",
    "strong:add_column_default_callable",
  ],
  judge: (statement, scene) =>
    added(statement, scene).flatMap((command): readonly Hit[] => {
      const expression = constraintOf(command.column, "CONSTR_DEFAULT")?.raw_expr;
      const culprit = calledFunctions(expression).find(isVolatile);
      if (culprit === undefined || isAutoIncrement(command.column)) return [];
      return [
        {
          message: `the default of column ${command.column.colname} calls ${culprit}(), which may differ by row: every row of ${command.table} is written again under ACCESS EXCLUSIVE, and nobody reads or writes meanwhile`,
          recipe: filledColumn(statement, scene, command),
          at: command.from,
        },
      ];
    }),
};

export const requiredColumnAdded: Rule = {
  id: "add-required-column",
  severity: "error",
  covers: ["squawk:adding-required-field", "squawk:adding-not-nullable-field"],
  judge: (statement, scene) =>
    added(statement, scene).flatMap((command): readonly Hit[] => {
      const { column } = command;
      const given = (["CONSTR_DEFAULT", "CONSTR_GENERATED"] as const).some(
        (kind) => constraintOf(column, kind) !== undefined,
      );
      const required = (["CONSTR_NOTNULL", "CONSTR_PRIMARY"] as const).some(
        (kind) => constraintOf(column, kind) !== undefined,
      );
      if (!required || given || isAutoIncrement(column)) return [];
      return [
        {
          message: `column ${column.colname} is required but has no default: it fails as soon as ${command.table} has a row, and code of before cannot insert`,
          recipe: filledColumn(statement, scene, command),
          at: command.from,
        },
      ];
    }),
};

export const storedGenerated: Rule = {
  id: "add-stored-generated-column",
  severity: "error",
  covers: ["squawk:adding-field-with-default", "strong:add_column_generated_stored"],
  judge: (statement, scene) =>
    added(statement, scene).flatMap((command): readonly Hit[] => {
      const generated = constraintOf(command.column, "CONSTR_GENERATED");
      if (generated === undefined || generated.generated_kind === "v") return [];
      const table = tableName(command.relation);
      const column = identifier(command.column.colname ?? "");
      return [
        {
          message: `stored generated column ${command.column.colname}: every row of ${command.table} is computed and written again under ACCESS EXCLUSIVE, and nobody reads or writes meanwhile`,
          recipe: plainColumn(table, column, typeText(statement, command), scene, command.table),
          at: command.from,
        },
      ];
    }),
};

const plainColumn = (
  table: string,
  column: string,
  type: string,
  scene: Scene,
  key: string,
): readonly RecipePart[] => [
  {
    phase: "expand",
    sql: [
      `alter table ${table} add column ${column} ${type};`,
      "-- a trigger before insert or update computes it from now on",
    ].join("\n"),
  },
  backfill(
    table,
    (scene.facts(key)?.key ?? []).map(identifier),
    `${column} = default`,
    `${column} is null`,
  ),
];

export const autoIncrement: Rule = {
  id: "add-auto-increment-column",
  severity: "error",
  covers: ["squawk:adding-serial-primary-key-field", "strong:add_column_auto_incrementing"],
  judge: (statement, scene) =>
    added(statement, scene).flatMap((command): readonly Hit[] => {
      if (!isAutoIncrement(command.column)) return [];
      const table = tableName(command.relation);
      const column = identifier(command.column.colname ?? "");
      const sequence = identifier(`${command.table}_${command.column.colname}_seq`.slice(0, 63));
      const key = (scene.facts(command.table)?.key ?? []).map(identifier);
      return [
        {
          message: `column ${command.column.colname} numbers itself: every row of ${command.table} gets its number and is written again under ACCESS EXCLUSIVE, and nobody reads or writes meanwhile`,
          recipe: [
            expand(
              `create sequence ${sequence} as bigint;`,
              `alter table ${table} add column ${column} bigint;`,
              `alter table ${table} alter column ${column} set default nextval('${sequence.replaceAll("'", "''")}');`,
            ),
            backfill(table, key, `${column} = default`, `${column} is null`),
          ],
          at: command.from,
        },
      ];
    }),
};

export const constrainedDomain: Rule = {
  id: "add-column-constrained-domain",
  severity: "error",
  covers: ["squawk:ban-create-domain-with-constraint"],
  judge: (statement, scene) =>
    added(statement, scene).flatMap((command): readonly Hit[] => {
      const { name } = typeFacts(command.column.typeName);
      if (!scene.catalogue.domains.has(name)) return [];
      const table = tableName(command.relation);
      const column = identifier(command.column.colname ?? "");
      return [
        {
          message: `column ${command.column.colname} is of domain ${name}, which has a constraint: every row of ${command.table} is checked and written again under ACCESS EXCLUSIVE, and the constraint cannot be changed online later`,
          recipe: [
            expand(
              `alter table ${table} add column ${column} text; -- the domain's base type`,
              `alter table ${table} add constraint ${identifier(`${command.table}_${command.column.colname}_check`)} check (${column} <> '') not valid; -- the domain's condition`,
            ),
          ],
          at: command.from,
        },
      ];
    }),
};
