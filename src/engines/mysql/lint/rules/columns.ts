import { identifier } from "../../sql/quote.ts";
import { fits } from "../../schema/types.ts";
import { type ColumnSpec, readColumn, typeText } from "../column.ts";
import { needOf } from "../needs.ts";
import {
  altered,
  besideName,
  backfill,
  contract,
  expand,
  gently,
  required,
  secondColumn,
  someValue,
  withColumn,
  withNull,
} from "../recipe.ts";
import { isChecked, onAction, type Rule, saysCopy } from "../rule.ts";

export const dropColumn: Rule = {
  id: "drop-column",
  severity: "error",
  covers: ["strong:remove_column"],
  judge: onAction("drop-column", ({ name }, { table }, scene) => {
    if (scene.phase === "contract") return [];
    return [
      {
        message: `code of before reads and writes ${table}.${name} until it is replaced: its statements fail from here on`,
        recipe: [contract(gently(table, `drop column ${identifier(name)}`, scene))],
      },
    ];
  }),
};

const renameMessage = (table: string, from: string, to: string): string =>
  `code of before asks for ${table}.${from} and code of after for ${to}: one of them fails until all run the same`;

const unknownColumn = (name: string): ColumnSpec => ({
  name,
  type: "varchar",
  args: ["190"],
  unsigned: false,
  charset: undefined,
  nullable: true,
  default: "none",
  autoIncrement: false,
  generated: undefined,
  key: undefined,
  references: undefined,
  check: false,
  placed: false,
  text: "varchar(190) null",
  defaultText: undefined,
});

export const renameColumn: Rule = {
  id: "rename-column",
  severity: "error",
  covers: ["strong:rename_column"],
  judge: (statement, scene) => [
    ...onAction("rename-column", ({ from, to }, { table }) => {
      if (scene.phase === "contract") return [];
      const facts = scene.facts(table);
      const column = { ...(facts?.columns.get(from) ?? unknownColumn(from)), name: to };
      return [
        {
          message: renameMessage(table, from, to),
          recipe: secondColumn(table, scene, from, column),
        },
      ];
    })(statement, scene),
    ...onAction("modify-column", ({ from, column }, { table }) => {
      if (scene.phase === "contract" || column.name === from) return [];
      const recipe = secondColumn(table, scene, from, column);
      return [{ message: renameMessage(table, from, column.name), recipe }];
    })(statement, scene),
  ],
};

export const changeColumnType: Rule = {
  id: "change-column-type",
  severity: "error",
  covers: ["strong:change_column"],
  judge: onAction("modify-column", (action, alter, scene) => {
    const { table } = alter;
    const { from, column } = action;
    const facts = scene.facts(table);
    const before = facts?.columns.get(from);
    if (before === undefined || column.generated !== undefined) return [];
    const [was, is] = [typeText(before), typeText(column)];
    if (was === is) return [];
    const copies = needOf([action], facts, scene.dialect) === "copy" && !saysCopy(alter);
    const narrows = scene.phase !== "contract" && fits(was, is) === "perhaps";
    if (!copies && !narrows) return [];
    return [
      {
        message: narrows
          ? `not every ${was} is a ${is}: one value of ${table}.${from} that does not fit stops the change, and code of before still writes such values`
          : `${was} to ${is} copies ${table}: reads go on, writers wait for the whole of it`,
        recipe: secondColumn(table, scene, from, besideName(from, column)),
      },
    ];
  }),
};

export const requiredColumnAdded: Rule = {
  id: "required-column-added",
  severity: "error",
  covers: ["strong:add_column_default"],
  judge: onAction("add-column", ({ column }, { table }, scene) => {
    const given = column.default !== "none" || column.autoIncrement;
    if (column.nullable || given || column.generated !== undefined) return [];
    return [
      {
        message: `the rows of ${table} silently get '' or 0 for ${column.name}, which nobody wrote, and inserts of code of before fail`,
        recipe: [
          expand(
            gently(table, `add column ${identifier(column.name)} ${withNull(column, true)}`, scene),
          ),
          ...required(table, withColumn(scene, table, { ...column, nullable: true }), column),
        ],
      },
    ];
  }),
};

export const volatileDefault: Rule = {
  id: "volatile-default",
  severity: "error",
  covers: ["strong:add_column_default_callable"],
  judge: onAction("add-column", ({ column }, { table }, scene) => {
    if (column.default !== "volatile" && column.default !== "expression") return [];
    const value = column.defaultText ?? "null";
    if (column.default === "expression" && scene.dialect.name === "mariadb") return [];
    const name = identifier(column.name);
    const bare = readColumn(`${name} ${typeText(column)} null`);
    const beside = withColumn(scene, table, bare);
    const own = { ...column, text: `${typeText(column)} null default ${value}` };
    const given = value.replace(/^\(([^]*)\)$/, "$1");
    return [
      {
        message:
          column.default === "volatile"
            ? `${value} is another value for each row and on each replica: MySQL refuses it beside rows that are there, and MariaDB copies ${table}`
            : `a default that is an expression copies ${table}: writers wait for the whole of it`,
        recipe: [
          expand(gently(table, `add column ${name} ${bare.text}`, scene)),
          // A long text or JSON takes it in no other words: MY-31.
          expand(gently(table, `modify column ${name} ${own.text}`, beside)),
          ...(column.nullable
            ? [backfill(table, scene.facts(table), column.name, given)]
            : required(table, beside, own, given)),
        ],
      },
    ];
  }),
};

export const storedGenerated: Rule = {
  id: "stored-generated-column",
  severity: "error",
  covers: ["strong:add_column_generated_stored"],
  judge: onAction("add-column", ({ column }, alter) => {
    if (column.generated !== "stored" || saysCopy(alter)) return [];
    const virtual = column.text.replace(/\b(?:stored|persistent)\b/i, "virtual");
    return [
      {
        message: `the value is computed for every row while writers of ${alter.table} wait; a virtual column is the catalogue's alone, and can be indexed`,
        recipe: [
          expand(
            altered(alter.table, `add column ${identifier(column.name)} ${virtual}`, "instant"),
          ),
        ],
      },
    ];
  }),
};

export const autoIncrement: Rule = {
  id: "auto-increment-added",
  severity: "error",
  covers: ["strong:add_column_auto_incrementing"],
  judge: onAction("add-column", ({ column }, alter) =>
    !column.autoIncrement || alter.clauses.lock === "shared"
      ? []
      : [
          {
            message: `every row of ${alter.table} gets a number while its writers wait, and on a replica another row may get it`,
            recipe: [
              contract(
                altered(
                  alter.table,
                  `add column ${identifier(column.name)} ${column.text}`,
                  "shared",
                ),
              ),
            ],
          },
        ],
  ),
};

export const setNotNull: Rule = {
  id: "set-not-null",
  severity: "error",
  covers: ["strong:change_column_null", "strong:change_column_with_not_null"],
  judge: onAction("modify-column", (action, { table }, scene) => {
    const { column, from } = action;
    const facts = scene.facts(table);
    const before = facts?.columns.get(from);
    if (column.nullable || before?.nullable === false || column.autoIncrement) return [];
    if (scene.phase !== "expand" && isChecked(scene)) return [];
    const filled = scene.catalogue.filled.has(`${table}.${column.name}`);
    const parts = required(table, scene, column);
    return [
      {
        message: `a row of ${table} without ${from} stops it after the table was read, or becomes ${someValue(column)} where the server is not strict; code of before may still write null`,
        recipe: filled ? parts.slice(1) : parts,
      },
    ];
  }),
};
