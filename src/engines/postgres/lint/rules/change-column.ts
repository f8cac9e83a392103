import { identifier } from "../../sql/quote.ts";
import { addedColumns, alterCommands, type AlterCommand } from "../alter.ts";
import { backfill, contract, expand, type RecipePart } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { constraintOf, tableKey, tableName, typeFacts } from "../tree.ts";
import { fitsCodeOfBefore, wideningOf } from "../widening.ts";
import type { Statement } from "../parse.ts";
import { requireColumn } from "./add-column.ts";

const commandsOf = (
  statement: Statement,
  scene: Scene,
  kind: AlterCommand["kind"],
): readonly AlterCommand[] =>
  alterCommands(statement).filter((one) => one.kind === kind && !scene.isFresh(one.table));

export const dropColumn: Rule = {
  id: "drop-column",
  severity: "error",
  covers: ["squawk:ban-drop-column", "strong:remove_column"],
  judge: (statement, scene) =>
    scene.phase === "contract"
      ? []
      : commandsOf(statement, scene, "AT_DropColumn")
          .filter(
            ({ table, name }) =>
              !isMadeAnew(scene, table, name) && !isTakenOver(scene, table, name),
          )
          .map(({ name, table, relation, from }): Hit => ({
            message: `column ${name} of ${table} goes with all its values while code of before still reads and writes it`,
            recipe: [
              contract(`alter table ${tableName(relation)} drop column ${identifier(name)};`),
            ],
            at: from,
          })),
};

/** A generated column that the same transaction makes again: nobody finds it missing, and its values are computed. */
const isMadeAnew = (scene: Scene, table: string, name: string): boolean =>
  scene.together.some((other) =>
    addedColumns(other).some(
      (one) =>
        one.table === table &&
        one.column.colname === name &&
        constraintOf(one.column, "CONSTR_GENERATED") !== undefined,
    ),
  );

/** The end of a copy: another column takes its name in the same transaction, and what fits the one fits the other. */
const isTakenOver = (scene: Scene, table: string, name: string): boolean => {
  const columns = scene.facts(table)?.columns;
  return scene.together.some((other) => {
    if (!("RenameStmt" in other.node)) return false;
    const { renameType, relation, subname = "", newname } = other.node.RenameStmt;
    if (renameType !== "OBJECT_COLUMN" || relation === undefined) return false;
    if (tableKey(relation) !== table || newname !== name) return false;
    return fitsCodeOfBefore(columns?.get(name), columns?.get(subname));
  });
};

export const renameColumn: Rule = {
  id: "rename-column",
  severity: "error",
  covers: ["squawk:renaming-column", "strong:rename_column"],
  judge: (statement, scene) => {
    if (!("RenameStmt" in statement.node)) return [];
    const {
      renameType,
      relationType,
      relation,
      subname = "",
      newname = "",
    } = statement.node.RenameStmt;
    if (renameType !== "OBJECT_COLUMN" || relationType !== "OBJECT_TABLE") return [];
    if (relation === undefined || scene.isFresh(tableKey(relation))) return [];
    if (takesFreedName(scene, tableKey(relation), newname)) return [];
    return [
      {
        message: `column ${subname} of ${tableKey(relation)} gets another name: from this moment each statement of the code of before fails that names it`,
        recipe: renamedInSteps(scene, tableKey(relation), tableName(relation), subname, newname),
      },
    ];
  },
};

/** A swap: the column that had the name before left it in the same transaction, so no statement finds it missing. */
const takesFreedName = (scene: Scene, table: string, name: string): boolean =>
  scene.before().some((earlier) => {
    if ("RenameStmt" in earlier.node) {
      const { relation, subname } = earlier.node.RenameStmt;
      return relation !== undefined && tableKey(relation) === table && subname === name;
    }
    return alterCommands(earlier).some(
      (one) => one.kind === "AT_DropColumn" && one.table === table && one.name === name,
    );
  });

function renamedInSteps(
  scene: Scene,
  key: string,
  table: string,
  from: string,
  to: string,
): readonly RecipePart[] {
  const facts = scene.facts(key);
  const type = facts?.columns.get(from)?.name ?? "text";
  const [old, renamed] = [identifier(from), identifier(to)];
  const sync = identifier(`${key.replace(".", "_")}_${to}_sync`.slice(0, 63));
  return [
    expand(
      `alter table ${table} add column ${renamed} ${type};`,
      `create function ${sync}() returns trigger language plpgsql as $$ begin`,
      `  if tg_op = 'INSERT' then new.${renamed} := coalesce(new.${renamed}, new.${old}); new.${old} := new.${renamed};`,
      `  elsif new.${renamed} is distinct from old.${renamed} then new.${old} := new.${renamed};`,
      `  else new.${renamed} := new.${old}; end if;`,
      "  return new; end $$;",
      `create trigger ${sync} before insert or update on ${table} for each row execute function ${sync}();`,
    ),
    backfill(
      table,
      (facts?.key ?? []).map(identifier),
      `${renamed} = ${old}`,
      `${renamed} is distinct from ${old}`,
    ),
    contract(
      `drop trigger ${sync} on ${table};`,
      `drop function ${sync}();`,
      `alter table ${table} drop column ${old};`,
    ),
  ];
}

export const changeColumnType: Rule = {
  id: "change-column-type",
  severity: "error",
  covers: ["squawk:changing-column-type", "strong:change_column"],
  judge: (statement, scene) =>
    commandsOf(statement, scene, "AT_AlterColumnType").flatMap((command): readonly Hit[] => {
      const { name, table, column, from } = command;
      const known = scene.facts(table)?.columns.get(name);
      const to = typeFacts(column?.typeName);
      const plain = column?.raw_default === undefined || "TypeCast" in column.raw_default;
      const verdict = plain ? wideningOf(known, to) : "rewrites";
      if (verdict === "safe") return [];
      const why =
        verdict === "perhaps"
          ? `what type ${name} had is not in the migrations here: unless it was a narrower one of the same kind,`
          : `the new type of ${name} stores its values in another way:`;
      return [
        {
          message: `${why} every row of ${table} and its indexes are written again under ACCESS EXCLUSIVE, and nobody reads or writes meanwhile`,
          recipe: shadowColumn(scene, command, statement),
          at: from,
          severity: verdict === "perhaps" ? "warning" : "error",
        },
      ];
    }),
};

/** A second column would leave the table without its key, and what refers to it with the old values. */
const keyInPlace = (table: string): readonly string[] => [
  `-- ${table} is found by this column, and others may refer to it: there is no way while code of before and after writes.`,
  `-- In a window without writers: drop the references to ${table}, change the type here and in each of them, add the references again`,
  `-- (not valid, then validate constraint). Or a new table with the new key, filled in batches, that code of after uses.`,
];

function shadowColumn(
  scene: Scene,
  { relation, table: key, name, column, to }: AlterCommand,
  { source }: Statement,
): readonly RecipePart[] {
  const table = tableName(relation);
  if (scene.facts(key)?.key?.includes(name) === true) return [contract(...keyInPlace(table))];
  const type = source
    .slice(column?.typeName?.location ?? 0, to)
    .replace(/\s+(?:using|collate)\s[\s\S]*$/i, "");
  const old = identifier(name);
  const shadow = identifier(`${name}_new`);
  const sync = identifier(`${key.replace(".", "_")}_${name}_sync`.slice(0, 63));
  return [
    expand(
      `alter table ${table} add column ${shadow} ${type};`,
      `create function ${sync}() returns trigger language plpgsql as $$ begin new.${shadow} := new.${old}::${type}; return new; end $$;`,
      `create trigger ${sync} before insert or update on ${table} for each row execute function ${sync}();`,
    ),
    backfill(
      table,
      (scene.facts(key)?.key ?? []).map(identifier),
      `${shadow} = ${old}::${type}`,
      `${shadow} is null and ${old} is not null`,
    ),
    contract(
      `drop trigger ${sync} on ${table};`,
      `drop function ${sync}();`,
      `alter table ${table} drop column ${old};`,
      `alter table ${table} rename column ${shadow} to ${old};`,
    ),
  ];
}

export const setNotNull: Rule = {
  id: "set-not-null-unvalidated",
  severity: "error",
  covers: [
    "squawk:adding-not-nullable-field",
    "strong:change_column_null",
    "strong:change_column_null_postgresql",
    "strong:change_column_with_not_null",
  ],
  judge: (statement, scene) =>
    commandsOf(statement, scene, "AT_SetNotNull").flatMap(
      ({ name, table, relation, from }): readonly Hit[] => {
        if (scene.facts(table)?.required.has(name) === true) return [];
        const checks = [...(scene.facts(table)?.constraints ?? [])];
        const known = checks.filter(([, { requires }]) => requires === name);
        if (known.some(([, { validated }]) => validated)) return [];
        return [
          {
            message: `every row of ${table} is read to find a null in ${name}, under ACCESS EXCLUSIVE: nobody reads or writes meanwhile. A validated check "${name} is not null" makes it a matter of the catalogue`,
            recipe: requireColumn(tableName(relation), name, relation.relname, known[0]?.[0]),
            at: from,
          },
        ];
      },
    ),
};

export const dropNotNull: Rule = {
  id: "drop-not-null",
  severity: "warning",
  covers: ["squawk:ban-drop-not-null"],
  judge: (statement, scene) =>
    commandsOf(statement, scene, "AT_DropNotNull")
      .filter(() => scene.phase === undefined)
      .map(({ name, table, relation, from }): Hit => ({
        message: `code of before reads ${table}.${name} as never null; a null that new code writes makes it fail`,
        recipe: [
          expand(
            `-- when every reader takes a null, as the first step of a change in phases ("phase": "expand" in its record):`,
            `alter table ${tableName(relation)} alter column ${identifier(name)} drop not null;`,
          ),
        ],
        at: from,
      })),
};
