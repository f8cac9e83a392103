import { identifier, identifiers } from "../../sql/quote.ts";
import { indexedColumns } from "../index-spec.ts";
import { contract } from "../recipe.ts";
import { isChecked, onAction, type Rule, saysCopy } from "../rule.ts";
import { asCopy, inWay } from "./online.ts";

export const foreignKey: Rule = {
  id: "foreign-key-validated",
  severity: "error",
  covers: ["strong:add_foreign_key", "strong:validate_foreign_key"],
  judge: onAction("add-reference", (action, alter, scene) => {
    if (saysCopy(alter) && isChecked(scene)) return [];
    const { table } = alter;
    const { columns, target, targetColumns, name } = action;
    const same = columns.map(
      (column, at) => `held.${identifier(targetColumns[at] ?? column)} = own.${identifier(column)}`,
    );
    const given = columns.map((column) => `own.${identifier(column)} is not null`).join(" and ");
    const constraint = name === "" ? "" : `constraint ${identifier(name)} `;
    return [
      {
        message: `${table} is copied with every row looked up in ${target}: writers of both wait, and one row that refers to nothing stops it at its end`,
        recipe: [
          asCopy(
            table,
            `add ${constraint}foreign key (${identifiers(columns)}) references ${identifier(target)} (${identifiers(targetColumns)})`,
            [
              `-- refuse: a row of ${table} refers to nothing`,
              `select 1 from ${identifier(table)} own where ${given} and not exists (select 1 from ${identifier(target)} held where ${same.join(" and ")}) limit 1;`,
            ],
          ),
        ],
      },
    ];
  }),
};

export const checkAdded: Rule = {
  id: "check-validated",
  severity: "error",
  covers: ["strong:add_check_constraint", "strong:validate_check_constraint"],
  judge: onAction("add-check", ({ name, condition }, alter, scene) => {
    if (saysCopy(alter) && isChecked(scene)) return [];
    const { table } = alter;
    const constraint = name === "" ? "" : `constraint ${identifier(name)} `;
    return [
      {
        message: `${table} is copied with every row looked at: writers wait, and one row that does not keep the check stops it at its end`,
        recipe: [
          asCopy(table, `add ${constraint}check (${condition})`, [
            `-- refuse: a row of ${table} does not keep ${name === "" ? "the check" : name}`,
            `select 1 from ${identifier(table)} where not (${condition}) limit 1;`,
          ]),
        ],
      },
    ];
  }),
};

export const uniqueIndex: Rule = {
  id: "unique-index-unchecked",
  severity: "error",
  covers: ["strong:add_unique_constraint"],
  judge: onAction("add-index", ({ index }, alter, scene, statement) => {
    if (index.kind !== "unique") return [];
    const columns = indexedColumns(index);
    if (columns.length < index.parts.length || isChecked(scene)) return [];
    const own = identifiers(columns);
    const given = columns.map((column) => `${identifier(column)} is not null`).join(" and ");
    return [
      {
        message: `one value that ${alter.table} holds twice stops it when all else is built, and code of before may write one meanwhile`,
        recipe: [
          contract(
            `-- refuse: ${alter.table} holds (${columns.join(", ")}) twice`,
            `select 1 from ${identifier(alter.table)} where ${given} group by ${own} having count(*) > 1 limit 1;`,
            inWay(statement, alter, "inplace"),
          ),
        ],
      },
    ];
  }),
};

export const primaryKey: Rule = {
  id: "primary-key-changed",
  severity: "error",
  covers: [],
  judge: onAction("drop-primary", (_, alter, scene) => {
    const swaps = alter.actions.some(({ kind }) => kind === "add-primary");
    if (swaps && scene.phase === "contract") return [];
    const { table } = alter;
    const added = alter.actions.find((action) => action.kind === "add-primary");
    const columns = added?.columns ?? scene.facts(table)?.key ?? [];
    return [
      {
        message: swaps
          ? `${table} is laid out anew by its new key, and code of before finds its rows by the old one`
          : `without a key ${table} is copied, and a replica looks through all of it for each row that changes`,
        recipe: [
          contract(
            `alter table ${identifier(table)}\n  drop primary key,\n  add primary key (${identifiers(columns.length === 0 ? ["id"] : columns)}),\n  algorithm=inplace,\n  lock=none;`,
          ),
        ],
      },
    ];
  }),
};
