import { identifier, identifiers } from "../../sql/quote.ts";
import { addedColumns } from "../alter.ts";
import type { Statement } from "../parse.ts";
import { alone, expand } from "../recipe.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { tokensBetween } from "../sql-text.ts";
import { constraintOf, nameKey, nameSql, strings, tableKey, tableName } from "../tree.ts";

/** The statement with `concurrently` behind one of its words. */
function concurrently({ source, from, to }: Statement, behind: string): string {
  const word = tokensBetween(source, from, to).find((token) => token.word === behind);
  const at = word?.end ?? to;
  return `${source.slice(from, at)} concurrently ${source.slice(at, to)};`;
}

export const createIndex: Rule = {
  id: "create-index-blocking",
  severity: "error",
  covers: ["squawk:require-concurrent-index-creation", "strong:add_index", "strong:add_reference"],
  judge: (statement, scene) => {
    if (!("IndexStmt" in statement.node)) return [];
    const { relation, concurrent, idxname } = statement.node.IndexStmt;
    if (relation === undefined || concurrent === true) return [];
    const table = tableKey(relation);
    if (scene.isFresh(table) || isOverNewGenerated(statement, scene)) return [];
    if (scene.facts(table)?.partitioned === true)
      return relation.inh === true ? [onPartitioned(statement, table, idxname)] : [];
    return [
      {
        message: `every row of ${table} is read under SHARE to build the index: nobody writes meanwhile`,
        recipe: [alone(concurrently(statement, "index"))],
      },
    ];
  },
};

/** Over a column by which the same transaction writes the whole table again, which is a finding of its own: nobody reads or writes anyway. */
function isOverNewGenerated(statement: Statement, scene: Scene): boolean {
  if (!("IndexStmt" in statement.node)) return false;
  const { relation, indexParams = [] } = statement.node.IndexStmt;
  const names = indexParams.map((one) => ("IndexElem" in one ? one.IndexElem.name : undefined));
  return scene
    .before()
    .some((earlier) =>
      addedColumns(earlier).some(
        ({ table, column }) =>
          relation !== undefined &&
          table === tableKey(relation) &&
          names.includes(column.colname) &&
          constraintOf(column, "CONSTR_GENERATED") !== undefined,
      ),
    );
}

function onPartitioned(statement: Statement, table: string, index = "the_index"): Hit {
  const { source, from, to } = statement;
  const on = tokensBetween(source, from, to).find(({ word }) => word === "on");
  const at = on?.end ?? to;
  const partition = identifier(`${table}_1`);
  const part = identifier(`${index}_1`);
  return {
    message: `every row of every partition of ${table} is read under SHARE to build the index: nobody writes meanwhile`,
    recipe: [
      expand(`${source.slice(from, at)} only ${source.slice(at, to)};`),
      alone(
        `create index concurrently ${part} on ${partition} ${columnsText(statement)}; -- for each partition, with its name for ${partition}`,
      ),
      expand(`alter index ${identifier(index)} attach partition ${part};`),
    ],
  };
}

/** From the bracket of an index's columns to its end. */
function columnsText({ source, from, to }: Statement): string {
  const bracket = tokensBetween(source, from, to).find(
    ({ word }) => word === "(" || word === "using",
  );
  return source.slice(bracket?.start ?? to, to);
}

export const dropIndex: Rule = {
  id: "drop-index-blocking",
  severity: "error",
  covers: ["squawk:require-concurrent-index-deletion", "strong:remove_index"],
  judge: (statement, scene) => {
    if (!("DropStmt" in statement.node)) return [];
    const { removeType, concurrent, objects = [], behavior } = statement.node.DropStmt;
    if (removeType !== "OBJECT_INDEX" || concurrent === true) return [];
    const waited = objects
      .map((object) => strings([object]))
      .filter((name) => !isOfFreshTable(scene, nameKey(name)));
    if (waited.length === 0 || behavior === "DROP_CASCADE") return [];
    return [
      {
        message: `dropping ${waited.map(nameKey).join(", ")} takes ACCESS EXCLUSIVE on its table: it waits for the longest query, and all others wait behind it`,
        recipe: waited.map((name) => alone(`drop index concurrently ${nameSql(name)};`)),
      },
    ];
  },
};

function isOfFreshTable(scene: Scene, index: string): boolean {
  const table = scene.catalogue.indexes.get(index);
  return table !== undefined && scene.isFresh(table);
}

export const reindex: Rule = {
  id: "reindex-blocking",
  severity: "error",
  covers: ["squawk:require-concurrent-reindex"],
  judge: (statement) => {
    if (!("ReindexStmt" in statement.node)) return [];
    const { kind, params = [], relation, name } = statement.node.ReindexStmt;
    const isConcurrent = params.some(
      (param) => "DefElem" in param && param.DefElem.defname === "concurrently",
    );
    if (isConcurrent) return [];
    const word = reindexWords[kind ?? ""] ?? "table";
    const target = relation === undefined ? identifier(name ?? "") : tableName(relation);
    return [
      {
        message: `rebuilding takes ACCESS EXCLUSIVE on the index and SHARE on its table: queries that use it and all writers wait until it is done`,
        recipe: [alone(`reindex ${word} concurrently ${target};`)],
      },
    ];
  },
};

const reindexWords: Readonly<Record<string, string>> = {
  REINDEX_OBJECT_INDEX: "index",
  REINDEX_OBJECT_TABLE: "table",
  REINDEX_OBJECT_SCHEMA: "schema",
  REINDEX_OBJECT_DATABASE: "database",
  REINDEX_OBJECT_SYSTEM: "system",
};

export const concurrentlyOnPartitioned: Rule = {
  id: "concurrently-on-partitioned",
  severity: "error",
  covers: [],
  down: true,
  judge: (statement, scene) => {
    if (!("IndexStmt" in statement.node)) return [];
    const { relation, concurrent, idxname } = statement.node.IndexStmt;
    if (relation === undefined || concurrent !== true) return [];
    if (scene.facts(tableKey(relation))?.partitioned !== true) return [];
    const { source, from, to } = statement;
    const word = tokensBetween(source, from, to).find((token) => token.word === "concurrently");
    const plain = `${source.slice(from, word?.start ?? to)} ${source.slice(word?.end ?? to, to)}`;
    const recipe = onPartitioned(statement, tableKey(relation), idxname).recipe.slice(1);
    return [
      {
        message: `${tableKey(relation)} is partitioned: PostgreSQL refuses to build an index on it concurrently`,
        recipe: [expand(`${plain.replace(/\bon\b/i, "on only")};`), ...recipe],
      },
    ];
  },
};

export const manyColumns: Rule = {
  id: "index-many-columns",
  severity: "warning",
  covers: ["strong:add_index_columns"],
  judge: (statement, scene) => {
    if (!("IndexStmt" in statement.node)) return [];
    const { indexParams = [], unique, relation, idxname = "the_index" } = statement.node.IndexStmt;
    if (unique === true || relation === undefined) return [];
    const names = indexParams.map((param) =>
      "IndexElem" in param ? (param.IndexElem.name ?? "") : "",
    );
    // The key behind them makes the order total, so that pages can go on where the last one ended.
    const key = scene.facts(tableKey(relation))?.key ?? [];
    const narrowing = names.filter((name) => !key.includes(name)).length;
    if (narrowing <= 3) return [];
    const first = names.filter((name) => name !== "").slice(0, 3);
    return [
      {
        message: `${names.length} columns: each write keeps them all in order, and a column behind the third seldom narrows a search`,
        recipe: [
          alone(
            `create index concurrently ${identifier(idxname)} on ${tableName(relation)} (${identifiers(first)});`,
          ),
        ],
      },
    ];
  },
};

export const invalidIndexKept: Rule = {
  id: "invalid-index-kept",
  severity: "warning",
  covers: ["squawk:prefer-robust-stmts"],
  judge: ({ node, step, source, from, to }) => {
    if (!("IndexStmt" in node)) return [];
    const { concurrent, if_not_exists: ifMissing, idxname } = node.IndexStmt;
    if (concurrent !== true || step.repair !== undefined) return [];
    const index = identifier(idxname ?? "the_index");
    const again = source.slice(from, to).replace(/if\s+not\s+exists\s+/i, "");
    return [
      {
        message:
          ifMissing === true
            ? "a build that broke off leaves an invalid index, which counts as existing: this passes by it, and no query ever uses it"
            : "a build that broke off leaves an invalid index, and the next attempt fails on its name",
        recipe: [alone(`drop index concurrently if exists ${index};`), alone(`${again};`)],
      },
    ];
  },
};
