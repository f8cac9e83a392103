import type { Node, RangeVar } from "libpg-query";
import { identifier } from "../../sql/quote.ts";
import type { Statement } from "../parse.ts";
import { expand, type RecipePart } from "../recipe.ts";
import type { Rule, Scene } from "../rule.ts";
import { tokensBetween } from "../sql-text.ts";
import { tableKey, tableName } from "../tree.ts";

interface Write {
  readonly relation: RangeVar;
  readonly word: "update" | "delete" | "insert" | "merge";
  readonly where: Node | undefined;
  /** It reads another table or a query beside its own: `from`, `using`, `with`. */
  readonly joined: boolean;
  /** Where the part of a `with` begins that it is in. */
  readonly at?: number;
}

/** What a statement writes to tables in use, its `with` parts included. */
const writesOf = ({ node }: Statement, scene: Scene): readonly Write[] =>
  rawWrites(node).filter(({ relation }) => !scene.isFresh(tableKey(relation)));

function rawWrites(node: Node): readonly Write[] {
  const own = rawWrite(node);
  const parts = withParts(node).flatMap((part) => {
    if (!("CommonTableExpr" in part) || part.CommonTableExpr.ctequery === undefined) return [];
    const { ctequery, location } = part.CommonTableExpr;
    return rawWrites(ctequery).map((write) => ({ at: location ?? 0, ...write }));
  });
  return [...parts, ...(own === undefined ? [] : [own])];
}

function withParts(node: Node): readonly Node[] {
  const statement =
    "SelectStmt" in node
      ? node.SelectStmt
      : "UpdateStmt" in node
        ? node.UpdateStmt
        : "DeleteStmt" in node
          ? node.DeleteStmt
          : "InsertStmt" in node
            ? node.InsertStmt
            : "MergeStmt" in node
              ? node.MergeStmt
              : undefined;
  return statement?.withClause?.ctes ?? [];
}

function rawWrite(node: Node): Write | undefined {
  if ("UpdateStmt" in node && node.UpdateStmt.relation !== undefined) {
    const { relation, whereClause: where, fromClause = [], withClause } = node.UpdateStmt;
    return {
      relation,
      word: "update",
      where,
      joined: fromClause.length > 0 || withClause !== undefined,
    };
  }
  if ("DeleteStmt" in node && node.DeleteStmt.relation !== undefined) {
    const { relation, whereClause: where, usingClause = [], withClause } = node.DeleteStmt;
    return {
      relation,
      word: "delete",
      where,
      joined: usingClause.length > 0 || withClause !== undefined,
    };
  }
  if ("InsertStmt" in node && node.InsertStmt.relation !== undefined) {
    const { relation, selectStmt } = node.InsertStmt;
    const copies =
      selectStmt !== undefined &&
      "SelectStmt" in selectStmt &&
      (selectStmt.SelectStmt.fromClause ?? []).length > 0;
    return copies ? { relation, word: "insert", where: undefined, joined: true } : undefined;
  }
  if ("MergeStmt" in node && node.MergeStmt.relation !== undefined) {
    const { relation, sourceRelation } = node.MergeStmt;
    const few = sourceRelation === undefined || isBounded(sourceRelation, withParts(node));
    return { relation, word: "merge", where: undefined, joined: few };
  }
  return undefined;
}

/** Whether what a merge reads has an end that is known: a list of values, a function's rows, a query with a limit. */
function isBounded(source: Node, parts: readonly Node[]): boolean {
  if ("RangeFunction" in source) return true;
  if ("RangeVar" in source) {
    const { relname } = source.RangeVar;
    return parts.some(
      (part) =>
        "CommonTableExpr" in part &&
        part.CommonTableExpr.ctename === relname &&
        hasEnd(part.CommonTableExpr.ctequery),
    );
  }
  return "RangeSubselect" in source && hasEnd(source.RangeSubselect.subquery);
}

const hasEnd = (query: Node | undefined): boolean =>
  query !== undefined &&
  "SelectStmt" in query &&
  (query.SelectStmt.limitCount !== undefined || (query.SelectStmt.valuesLists ?? []).length > 0);

/** The statement in batches: the keys of some rows first, then those rows. */
function inBatches(statement: Statement, { relation, word, at }: Write, scene: Scene): RecipePart {
  if (word === "merge")
    return {
      phase: "backfill",
      batch: true,
      sql: `-- using (select … order by its key limit 1000): the rows behind the last batch only\n${textOf(statement)}`,
    };
  const table = tableName(relation);
  const keys = (scene.facts(tableKey(relation))?.key ?? []).map(identifier);
  const columns = keys.length === 0 ? ["id"] : keys;
  const [head = "", condition] = writeText(statement, at)
    .replace(/\sreturning\s[^]*$/i, "")
    .split(/\swhere\s/i);
  const joined = columns.map((column) => `${table}.${column} = batch.${column}`).join(" and ");
  const rows = condition === undefined ? "" : ` where ${condition}`;
  return {
    phase: "backfill",
    batch: true,
    sql: [
      `with batch as (select ${columns.join(", ")} from ${table}${rows} order by ${columns.join(", ")} limit 1000 for update)`,
      `${head.trim()} ${word === "update" ? "from" : "using"} batch where ${joined};`,
    ].join("\n"),
  };
}

/** The text of a write: of the whole statement, or what stands in the brackets of a part of its `with`. */
function writeText({ source, from, to }: Statement, at: number | undefined): string {
  if (at === undefined) return source.slice(from, to);
  const tokens = tokensBetween(source, at, to);
  const open = tokens.findIndex(({ word }, index) => word === "(" && isAs(tokens[index - 1]?.word));
  let depth = 0;
  const close = tokens.findIndex(({ word }, index) => {
    if (index < open) return false;
    depth += word === "(" ? 1 : word === ")" ? -1 : 0;
    return depth === 0;
  });
  return source.slice(tokens[open]?.end ?? at, tokens[close]?.start ?? to);
}

const isAs = (word: string | undefined): boolean => word === "as" || word === "materialized";

/** Whether a condition can leave most rows out: one on nulls and truth alone is the mark of a backfill. */
function narrows(where: Node): boolean {
  if ("NullTest" in where || "BooleanTest" in where || "A_Const" in where || "ColumnRef" in where)
    return false;
  if ("BoolExpr" in where) return (where.BoolExpr.args ?? []).some(narrows);
  if ("A_Expr" in where)
    return !["AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"].includes(where.A_Expr.kind ?? "");
  return true;
}

/**
 * The last rows before a constraint is made to hold: batches have filled the column before, so the statement reads every row, but writes few.
 */
function sweeps({ node }: Statement, { relation }: Write, { phase, catalogue }: Scene): boolean {
  if (phase !== "contract" || !("UpdateStmt" in node)) return false;
  const targets = node.UpdateStmt.targetList ?? [];
  return targets.every(
    (target) =>
      "ResTarget" in target &&
      catalogue.filled.has(`${tableKey(relation)}.${target.ResTarget.name}`),
  );
}

function isUnbatched(statement: Statement, write: Write, scene: Scene): boolean {
  if (write.word === "insert" || write.joined) return false;
  if (write.where === undefined) return true;
  return !narrows(write.where) && !sweeps(statement, write, scene);
}

export const unbatchedWrite: Rule = {
  id: "unbatched-write",
  severity: "error",
  covers: ["strong:backfill"],
  judge: (statement, scene) =>
    statement.step.batch !== undefined
      ? []
      : writesOf(statement, scene)
          .filter((write) => isUnbatched(statement, write, scene))
          .map((write) => ({
            message: `one ${write.word} over all of ${tableKey(write.relation)}: each row stays locked until the last one is done, replicas fall behind, and a failure at the end begins anew`,
            recipe: [inBatches(statement, write, scene)],
          })),
};

const textOf = ({ source, from, to }: Statement): string => `${source.slice(from, to)};`;

export const backfillWithChange: Rule = {
  id: "backfill-with-schema-change",
  severity: "error",
  covers: ["strong:backfill"],
  judge: (statement, scene) => {
    const { node } = statement;
    const [write] = rawWrites(node);
    if (write === undefined || statement.transaction === undefined || scene.locked.size === 0)
      return [];
    const [table, line] = [...scene.locked][0] ?? ["", 0];
    if (scene.isFresh(tableKey(write.relation)) && write.word !== "insert") return [];
    return [
      {
        message: `rows are written while ${table} is locked since line ${line}: its users wait for the last row, not for the catalogue`,
        recipe: [
          expand(...scene.before().map(textOf)),
          unbatchedWrite.judge(statement, scene)[0]?.recipe[0] ?? {
            ...expand(textOf(statement)),
            phase: "backfill" as const,
          },
        ],
      },
    ];
  },
};
