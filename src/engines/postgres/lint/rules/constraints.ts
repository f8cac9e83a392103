import type { Constraint } from "libpg-query";
import { identifier, identifiers } from "../../sql/quote.ts";
import { addedColumns, addedConstraints, alterCommands, type AlterCommand } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { alone, contract, expand, type RecipePart } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import {
  constraintOf,
  nameKey,
  nameSql,
  requiredColumn,
  strings,
  tableKey,
  tableName,
} from "../tree.ts";
import { requireColumn } from "./add-column.ts";

type Added = AlterCommand & { readonly constraint: Constraint };

const added = (
  statement: Statement,
  scene: Scene,
  ...kinds: readonly NonNullable<Constraint["contype"]>[]
): readonly Added[] =>
  addedConstraints(statement).filter(
    ({ table, constraint: { contype } }) =>
      !scene.isFresh(table) && contype !== undefined && kinds.includes(contype),
  );

/** Name that a recipe gives a constraint that has none. */
const named = ({ conname, keys, fk_attrs }: Constraint, table: string, ending: string): string =>
  identifier(conname ?? [table, ...strings(keys ?? fk_attrs), ending].join("_").slice(0, 63));

/** The constraint behind its name, without what says that rows are not checked. */
const body = ({ text, constraint }: Added): string =>
  text.replace(constraint.conname === undefined ? /^add\s+/i : /^add\s+constraint\s+\S+\s+/i, "");

/** Added unchecked, then checked while others write. */
const inTwo = (table: string, name: string, condition: string): readonly RecipePart[] => [
  expand(`alter table ${table} add constraint ${name} ${condition} not valid;`),
  alone(`alter table ${table} validate constraint ${name};`),
];

export const checkValidated: Rule = {
  id: "add-check-validated",
  severity: "error",
  covers: ["squawk:constraint-missing-not-valid", "strong:add_check_constraint"],
  judge: (statement, scene) =>
    added(statement, scene, "CONSTR_CHECK", "CONSTR_NOTNULL")
      .filter(
        ({ constraint }) => constraint.skip_validation !== true && constraint.is_enforced !== false,
      )
      .map((command): Hit => {
        const { constraint, table, relation, from } = command;
        const column =
          constraint.contype === "CONSTR_NOTNULL"
            ? strings(constraint.keys)[0]
            : requiredColumn(constraint.raw_expr);
        return {
          message: `every row of ${table} is read under ACCESS EXCLUSIVE to check it: nobody reads or writes meanwhile`,
          recipe:
            constraint.contype === "CONSTR_NOTNULL"
              ? requireColumn(tableName(relation), column ?? "", relation.relname)
              : inTwo(tableName(relation), named(constraint, table, "check"), body(command)),
          at: from,
        };
      }),
};

export const foreignKeyValidated: Rule = {
  id: "add-foreign-key-validated",
  severity: "error",
  covers: [
    "squawk:adding-foreign-key-constraint",
    "squawk:constraint-missing-not-valid",
    "strong:add_foreign_key",
    "strong:add_reference",
  ],
  judge: (statement, scene) => [
    ...added(statement, scene, "CONSTR_FOREIGN")
      .filter(
        ({ constraint }) => constraint.skip_validation !== true && constraint.is_enforced !== false,
      )
      .map((command): Hit => ({
        message: `every row of ${command.table} is looked up in ${targetOf(command.constraint)} under SHARE ROW EXCLUSIVE on both: nobody writes to either meanwhile`,
        recipe: inTwo(
          tableName(command.relation),
          named(command.constraint, command.table, "fkey"),
          body(command),
        ),
        at: command.from,
      })),
    ...inlineKeys(statement, scene),
  ],
};

const targetOf = ({ pktable }: Constraint): string =>
  pktable === undefined ? "the other table" : tableKey(pktable);

/** `add column … references`: rows are looked up only when a default gives them a value; the locks are the same. */
function inlineKeys(statement: Statement, scene: Scene): readonly Hit[] {
  return addedColumns(statement).flatMap((command): readonly Hit[] => {
    const { column, table, relation, from } = command;
    const key = constraintOf(column, "CONSTR_FOREIGN");
    if (key === undefined || key.pktable === undefined || scene.isFresh(table)) return [];
    const filled = constraintOf(column, "CONSTR_DEFAULT") !== undefined;
    const name = identifier(key.conname ?? `${table}_${column.colname}_fkey`.slice(0, 63));
    const target = `${tableName(key.pktable)}${key.pk_attrs === undefined ? "" : ` (${identifiers(strings(key.pk_attrs))})`}`;
    const definition = command.text.slice(0, (key.location ?? command.to) - from).trim();
    return [
      {
        message: filled
          ? `every row of ${table} is looked up in ${targetOf(key)} while nobody reads ${table} or writes to either`
          : `nobody writes to ${targetOf(key)} either until the transaction ends, since a key that is written behind a column locks both tables together with what else is done here`,
        recipe: [
          expand(`alter table ${tableName(relation)} ${definition};`),
          ...inTwo(
            tableName(relation),
            name,
            `foreign key (${identifier(column.colname ?? "")}) references ${target}`,
          ),
        ],
        at: from,
        severity: filled ? "error" : "warning",
      },
    ];
  });
}

/** A constraint over an index that is built while others write. */
const overIndex = (
  table: string,
  name: string,
  kind: "unique" | "primary key",
  columns: readonly string[],
): readonly RecipePart[] => [
  alone(`create unique index concurrently ${name} on ${table} (${identifiers(columns)});`),
  expand(`alter table ${table} add constraint ${name} ${kind} using index ${name};`),
];

const overIndexHits = (
  statement: Statement,
  scene: Scene,
  contype: "CONSTR_UNIQUE" | "CONSTR_PRIMARY",
): readonly Hit[] => {
  const kind = contype === "CONSTR_UNIQUE" ? "unique" : "primary key";
  const ending = contype === "CONSTR_UNIQUE" ? "key" : "pkey";
  const hit = (command: AlterCommand, constraint: Constraint, columns: readonly string[]): Hit => ({
    message: `an index over every row of ${command.table} is built under ACCESS EXCLUSIVE: nobody reads or writes meanwhile`,
    recipe: overIndex(
      tableName(command.relation),
      named(
        { keys: columns.map((sval) => ({ String: { sval } })), ...constraint },
        command.table,
        ending,
      ),
      kind,
      columns,
    ),
    at: command.from,
  });
  return [
    ...added(statement, scene, contype)
      .filter(({ constraint }) => constraint.indexname === undefined)
      .map((command) => hit(command, command.constraint, strings(command.constraint.keys))),
    ...addedColumns(statement).flatMap((command) => {
      const constraint = constraintOf(command.column, contype);
      if (constraint === undefined || scene.isFresh(command.table)) return [];
      const plain = command.text
        .slice(0, (constraint.location ?? command.to) - command.from)
        .trim();
      const found = hit(command, constraint, [command.column.colname ?? ""]);
      const first = expand(`alter table ${tableName(command.relation)} ${plain};`);
      return [{ ...found, recipe: [first, ...found.recipe] }];
    }),
  ];
};

export const uniqueConstraint: Rule = {
  id: "add-unique-constraint",
  severity: "error",
  covers: ["squawk:disallowed-unique-constraint", "strong:add_unique_constraint"],
  judge: (statement, scene) => overIndexHits(statement, scene, "CONSTR_UNIQUE"),
};

export const primaryKey: Rule = {
  id: "add-primary-key",
  severity: "error",
  covers: ["squawk:adding-serial-primary-key-field", "strong:add_primary_key"],
  judge: (statement, scene) => overIndexHits(statement, scene, "CONSTR_PRIMARY"),
};

export const droppedKey: Rule = {
  id: "drop-primary-key",
  severity: "error",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap((command): readonly Hit[] => {
      const { kind, name, table, relation } = command;
      if (kind !== "AT_DropConstraint" || name !== scene.facts(table)?.keyName) return [];
      if (scene.phase === "contract" || scene.isFresh(table)) return [];
      if (scene.together.some((one) => givesKey(one, table))) return [];
      return [
        {
          message: `${table} has no key any more: code of before fails where it names it (on conflict), a replica by logical decoding refuses its updates and deletes, and rows may stand there twice`,
          recipe: [
            contract(`alter table ${tableName(relation)} drop constraint ${identifier(name)};`),
          ],
          at: command.from,
        },
      ];
    }),
};

const givesKey = (statement: Statement, table: string): boolean =>
  addedConstraints(statement).some(
    (added) => added.table === table && added.constraint.contype === "CONSTR_PRIMARY",
  );

export const exclusionConstraint: Rule = {
  id: "add-exclusion-constraint",
  severity: "error",
  covers: ["strong:add_exclusion_constraint"],
  judge: (statement, scene) =>
    added(statement, scene, "CONSTR_EXCLUSION").map((command): Hit => {
      const table = tableName(command.relation);
      const next = identifier(`${command.relation.relname}_new`);
      return {
        message: `an index over every row of ${command.table} is built under ACCESS EXCLUSIVE, and no way exists to build it beside the traffic`,
        recipe: [
          expand(
            `create table ${next} (like ${table} including all);`,
            `alter table ${next} ${command.text};`,
            `-- a trigger on ${table.replaceAll("\n", " ")} writes to both; rows are copied in batches; the names change places in contract`,
          ),
        ],
        at: command.from,
      };
    }),
};

export const validateWhileLocked: Rule = {
  id: "validate-while-locked",
  severity: "error",
  covers: [
    "strong:validate_check_constraint",
    "strong:validate_foreign_key",
    "squawk:constraint-missing-not-valid",
  ],
  judge: (statement, scene) =>
    alterCommands(statement)
      .filter(({ kind, table }) => kind === "AT_ValidateConstraint" && !scene.isFresh(table))
      .flatMap(({ table, relation, name, from }): readonly Hit[] => {
        const line = scene.locked.get(table);
        const beside = besideValidation(statement);
        if (beside.length === 0 && line === undefined) return [];
        const apart = `alter table ${tableName(relation)} validate constraint ${identifier(name)};`;
        const by = line === undefined ? "the same statement" : `line ${line}`;
        return [
          {
            message: `every row of ${table} is read while its writers wait for the lock that ${by} took and this transaction keeps to its end`,
            recipe: [
              expand(
                ...scene
                  .before()
                  .map(({ source, from: start, to }) => `${source.slice(start, to)};`),
                ...beside.map((text) => `alter table ${tableName(relation)} ${text};`),
              ),
              alone(apart, scene.phase ?? "expand"),
            ],
            at: from,
          },
        ];
      }),
};

/** The other commands of a statement that validates a constraint. */
const besideValidation = (statement: Statement): readonly string[] =>
  alterCommands(statement).flatMap(({ kind, text }) =>
    kind === "AT_ValidateConstraint" ? [] : [text],
  );

export const domainConstraint: Rule = {
  id: "add-domain-constraint",
  severity: "error",
  covers: ["squawk:ban-alter-domain-with-add-constraint"],
  judge: ({ node, source, from, to }) => {
    if (!("AlterDomainStmt" in node)) return [];
    const { subtype, typeName, def } = node.AlterDomainStmt;
    const constraint = def !== undefined && "Constraint" in def ? def.Constraint : undefined;
    if (subtype !== "C" || constraint?.skip_validation === true) return [];
    const domain = nameSql(strings(typeName));
    const name = identifier(constraint?.conname ?? `${nameKey(strings(typeName))}_check`);
    const condition = source
      .slice(from, to)
      .replace(/^alter\s+domain\s+\S+\s+add\s+(?:constraint\s+\S+\s+)?/i, "");
    return [
      {
        message: `every row of every table with a column of domain ${domain} is read under SHARE: nobody writes to any of them meanwhile`,
        recipe: [
          expand(`alter domain ${domain} add constraint ${name} ${condition} not valid;`),
          alone(`alter domain ${domain} validate constraint ${name};`),
        ],
      },
    ];
  },
};

export const disabledTrigger: Rule = {
  id: "disable-trigger",
  severity: "error",
  covers: ["squawk:ban-disable-trigger"],
  judge: (statement, scene) =>
    alterCommands(statement)
      .filter(({ kind, table }) => kind.startsWith("AT_DisableTrig") && !scene.isFresh(table))
      .map(({ table, relation, name, kind, from }): Hit => ({
        message: `writes to ${table} pass by ${kind === "AT_DisableTrig" ? `trigger ${name}` : "its triggers"}, foreign keys among them, for every session and as long as nobody turns it on again`,
        recipe: [
          contract(
            "-- a trigger that nothing needs any more is dropped; one that is in the way of a backfill asks for itself: when (pg_trigger_depth() = 0)",
            name === ""
              ? `alter table ${tableName(relation)} enable trigger all;`
              : `drop trigger ${identifier(name)} on ${tableName(relation)};`,
          ),
        ],
        at: from,
      })),
};
