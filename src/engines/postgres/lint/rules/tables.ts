import type { Node } from "libpg-query";
import { identifier } from "../../sql/quote.ts";
import { alterCommands } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { alone, contract, expand } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { nameKey, nameSql, strings, tableKey, tableName } from "../tree.ts";

export const dropTable: Rule = {
  id: "drop-table",
  severity: "error",
  covers: ["squawk:ban-drop-table", "strong:create_table"],
  judge: ({ node }, scene) => {
    if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_TABLE") return [];
    if (scene.phase === "contract") return [];
    const names = (node.DropStmt.objects ?? []).map((object) => strings([object]));
    const waited = names.filter((name) => !scene.isFresh(nameKey(name)));
    if (waited.length === 0) return [];
    return [
      {
        message: `${waited.map(nameKey).join(", ")} goes with all its rows while code of before still reads and writes it`,
        recipe: [contract(...waited.map((name) => `drop table ${nameSql(name)};`))],
      },
    ];
  },
};

const soft: Readonly<Record<string, string>> = {
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_AGGREGATE: "aggregate",
  OBJECT_ROUTINE: "routine",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_EXTENSION: "extension",
};

export const dropObject: Rule = {
  id: "drop-object",
  severity: "warning",
  covers: [
    "squawk:ban-drop-view",
    "squawk:ban-drop-type",
    "squawk:ban-drop-sequence",
    "squawk:ban-drop-schema",
  ],
  judge: (statement, scene) => {
    if (!("DropStmt" in statement.node) || scene.phase === "contract") return [];
    const { removeType = "OBJECT_TABLE", behavior, objects = [] } = statement.node.DropStmt;
    const { [removeType]: kind = removeType === "OBJECT_SCHEMA" ? "schema" : undefined } = soft;
    if (kind === undefined || behavior === "DROP_CASCADE") return [];
    const made = new Set(scene.together.flatMap(({ node }) => madeName(node) ?? []));
    const names = objects.map(droppedName);
    if (names.every((name) => made.has(name) || goesWithTrigger(scene, name))) return [];
    return [
      {
        message: `code of before that uses the ${kind} fails from this moment on`,
        recipe: [contract(`${statement.source.slice(statement.from, statement.to)};`)],
      },
    ];
  },
};

/** Nobody but a trigger can call it, and one goes in the same transaction. */
const goesWithTrigger = ({ catalogue, together }: Scene, name: string): boolean =>
  catalogue.triggerFunctions.has(name) &&
  together.some(({ node }) => "DropStmt" in node && node.DropStmt.removeType === "OBJECT_TRIGGER");

/** Key of what a statement drops; of a function, that of its name. */
const droppedName = (object: Node): string => {
  if ("ObjectWithArgs" in object) return nameKey(strings(object.ObjectWithArgs.objname));
  return nameKey(strings("TypeName" in object ? object.TypeName.names : [object]));
};

/** Key of the view or function that a statement makes: one that gives way to it in the same transaction is never missing. */
function madeName(node: Node): string | undefined {
  if ("ViewStmt" in node && node.ViewStmt.view !== undefined) return tableKey(node.ViewStmt.view);
  if ("CreateFunctionStmt" in node) return nameKey(strings(node.CreateFunctionStmt.funcname));
  return undefined;
}

export const dropCascade: Rule = {
  id: "drop-cascade",
  severity: "error",
  covers: ["squawk:ban-truncate-cascade"],
  judge: (statement) => {
    const { source, from, to } = statement;
    const cascades = cascadeKind(statement);
    if (cascades === undefined) return [];
    const without = source.slice(from, to).replace(/\s+cascade$/i, "");
    return [
      {
        message: `cascade takes with it whatever depends on it (${cascades}), by what the database holds at that moment: nobody has read that list`,
        recipe: [
          contract("-- each dependent object in a statement of its own before it", `${without};`),
        ],
      },
    ];
  },
};

function cascadeKind(statement: Statement): string | undefined {
  const { node } = statement;
  if ("DropStmt" in node && node.DropStmt.behavior === "DROP_CASCADE")
    return "views, foreign keys, defaults, columns";
  if ("DropOwnedStmt" in node && node.DropOwnedStmt.behavior === "DROP_CASCADE")
    return "all objects of other owners that refer to them";
  const command = alterCommands(statement).find(
    ({ kind, command: { behavior } }) => kind.startsWith("AT_Drop") && behavior === "DROP_CASCADE",
  );
  return command === undefined ? undefined : "views, foreign keys, generated columns";
}

export const renameTable: Rule = {
  id: "rename-table",
  severity: "error",
  covers: ["squawk:renaming-table", "strong:rename_table", "squawk:ban-set-schema"],
  judge: (statement, scene) => {
    const moved = movedTable(statement);
    if (moved === undefined || scene.isFresh(moved.key)) return [];
    if (scene.phase === "contract" && freedBefore(scene, moved.to)) return [];
    if (scene.together.some(({ node }) => isViewNamed(node, moved.key))) return [];
    return [
      {
        message: `${moved.key} gets another name: from this moment each statement of the code of before fails that names it`,
        recipe: [
          expand(
            `alter table ${identifierOf(moved.key)} ${moved.command};`,
            `create view ${identifierOf(moved.key)} with (security_invoker = true) as select * from ${identifierOf(moved.to)};`,
          ),
          contract(`drop view ${identifierOf(moved.key)};`),
        ],
      },
    ];
  },
};

const identifierOf = (key: string): string => nameSql(key.split("."));

function movedTable({
  node,
}: Statement): { readonly key: string; readonly to: string; readonly command: string } | undefined {
  if ("RenameStmt" in node) {
    const { renameType, relation, newname = "" } = node.RenameStmt;
    if (renameType !== "OBJECT_TABLE" || relation === undefined) return undefined;
    const to = tableKey({ ...relation, relname: newname });
    return { key: tableKey(relation), to, command: `rename to ${identifier(newname)}` };
  }
  if (!("AlterObjectSchemaStmt" in node)) return undefined;
  const { objectType, relation, newschema = "" } = node.AlterObjectSchemaStmt;
  if (objectType !== "OBJECT_TABLE" || relation === undefined) return undefined;
  const to = `${newschema}.${relation.relname}`;
  return { key: tableKey(relation), to, command: `set schema ${identifier(newschema)}` };
}

/** The table that had the name before left it in the same transaction. */
const freedBefore = (scene: Scene, key: string): boolean =>
  scene.before().some((earlier) => {
    if (movedTable(earlier)?.key === key) return true;
    if (!("DropStmt" in earlier.node)) return false;
    return (earlier.node.DropStmt.objects ?? []).some(
      (object) => nameKey(strings([object])) === key,
    );
  });

const isViewNamed = (node: Statement["node"], key: string): boolean =>
  "ViewStmt" in node && node.ViewStmt.view !== undefined && tableKey(node.ViewStmt.view) === key;

/** Commands that write every row again. */
const rewriting = [
  "AT_SetLogged",
  "AT_SetUnLogged",
  "AT_SetTableSpace",
  "AT_SetAccessMethod",
  "AT_SetExpression",
];

export const rewriteTable: Rule = {
  id: "rewrite-table",
  severity: "error",
  covers: ["squawk:prefer-repack", "squawk:ban-alter-generated-expression"],
  judge: (statement, scene) => {
    const what = rewrittenTable(statement, scene);
    if (what === undefined) return [];
    return [
      {
        message: `every row of ${what.table} is written again under ACCESS EXCLUSIVE, and nobody reads or writes meanwhile`,
        recipe: [
          alone(
            `vacuum (analyze) ${what.table}; -- gives free room back to the table's own rows; to shrink or to order it beside the traffic: pg_repack or pg_squeeze`,
          ),
        ],
        ...(what.at !== undefined && { at: what.at }),
      },
    ];
  },
};

function rewrittenTable(
  statement: Statement,
  scene: Scene,
): { readonly table: string; readonly at?: number } | undefined {
  const { node } = statement;
  if ("ClusterStmt" in node)
    return {
      table: node.ClusterStmt.relation === undefined ? "" : tableName(node.ClusterStmt.relation),
    };
  if ("VacuumStmt" in node) {
    const { options = [], rels = [] } = node.VacuumStmt;
    if (!options.some((one) => "DefElem" in one && one.DefElem.defname === "full"))
      return undefined;
    const tables = rels.flatMap((one) =>
      "VacuumRelation" in one && one.VacuumRelation.relation !== undefined
        ? [tableName(one.VacuumRelation.relation)]
        : [],
    );
    return { table: tables.join(", ") };
  }
  const found = alterCommands(statement).find(
    ({ kind, table }) => rewriting.includes(kind) && !scene.isFresh(table),
  );
  return found === undefined ? undefined : { table: tableName(found.relation), at: found.from };
}

export const truncate: Rule = {
  id: "truncate",
  severity: "error",
  covers: ["squawk:ban-truncate-cascade"],
  judge: ({ node }, scene) => {
    if (!("TruncateStmt" in node)) return [];
    const { relations = [], behavior } = node.TruncateStmt;
    const waited = relations.flatMap((one) =>
      "RangeVar" in one && !scene.isFresh(tableKey(one.RangeVar)) ? [one.RangeVar] : [],
    );
    if (waited.length === 0) return [];
    const also = behavior === "DROP_CASCADE" ? ", and of every table that refers to it" : "";
    return [
      {
        message: `every row of ${waited.map(tableKey).join(", ")}${also} is gone, under ACCESS EXCLUSIVE, without a trigger or the history hearing of it`,
        recipe: waited.map((relation) => ({
          phase: "contract" as const,
          batch: true as const,
          sql: `delete from ${tableName(relation)} where ctid = any (array(select ctid from ${tableName(relation)} limit 1000));`,
        })),
      },
    ];
  },
};

export const disabledSecurity: Rule = {
  id: "disable-row-security",
  severity: "error",
  covers: ["squawk:ban-alter-row-level-security"],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, table, relation, from }): readonly Hit[] => {
      const forOwner = kind === "AT_NoForceRowSecurity";
      if (kind !== "AT_DisableRowSecurity" && !forOwner) return [];
      if (scene.phase === "contract" || scene.isFresh(table)) return [];
      if (forOwner && isForcedAgain(statement, table, scene)) return [];
      const who = forOwner ? "a session of the table's owner" : "each tenant";
      return [
        {
          message: `from this moment ${who} sees the rows of all tenants in ${table}`,
          recipe: [
            contract(
              `-- take tenancy out of the spec: the policies go in contract, when no code relies on them`,
              `alter table ${tableName(relation)} ${forOwner ? "force" : "enable"} row level security;`,
            ),
          ],
          at: from,
          severity: forOwner ? "warning" : "error",
        },
      ];
    }),
};

/** The owner fills rows of every tenant, and is bound by the policies again behind it. */
const isForcedAgain = ({ from }: Statement, table: string, { all }: Scene): boolean =>
  all.some(
    (later) =>
      later.from > from &&
      alterCommands(later).some((one) => one.kind === "AT_ForceRowSecurity" && one.table === table),
  );

export const blockingRefresh: Rule = {
  id: "refresh-blocking",
  severity: "error",
  covers: [],
  judge: ({ node }) => {
    if (!("RefreshMatViewStmt" in node)) return [];
    const { relation, concurrent, skipData } = node.RefreshMatViewStmt;
    if (concurrent === true || skipData === true || relation === undefined) return [];
    return [
      {
        message: `the view's query runs under ACCESS EXCLUSIVE on ${tableKey(relation)}: nobody reads it meanwhile`,
        recipe: [alone(`refresh materialized view concurrently ${tableName(relation)};`)],
      },
    ];
  },
};

export const explicitLock: Rule = {
  id: "lock-table",
  severity: "warning",
  covers: [],
  judge: ({ node }, scene) => {
    if (!("LockStmt" in node)) return [];
    const waited = (node.LockStmt.relations ?? []).flatMap((one) =>
      "RangeVar" in one && !scene.isFresh(tableKey(one.RangeVar)) ? [one.RangeVar] : [],
    );
    if (waited.length === 0) return [];
    return [
      {
        message: `${waited.map(tableKey).join(", ")}: everybody waits until the transaction ends, whatever else is done in it`,
        recipe: [
          expand(
            "-- most statements take the lock that they need, and no higher one",
            ...waited.map(
              (relation) =>
                `comment on table ${tableName(relation)} is 'the step without its lock';`,
            ),
          ),
        ],
      },
    ];
  },
};
