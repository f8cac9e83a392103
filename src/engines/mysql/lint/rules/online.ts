import { alterTable } from "../../schema/render.ts";
import { needOf, type Way, ways } from "../needs.ts";
import { contract, expand, type RecipePart } from "../recipe.ts";
import { type Alter, alterInUse, type Rule, type Scene } from "../rule.ts";
import type { Statement } from "../file.ts";
import { clausesOf } from "../needs.ts";

/** The statement with the clauses of a way. */
export function inWay(statement: Statement, { written }: Alter, way: Way): string {
  const bare = statement.text
    .replaceAll(/[\s,]*\b(?:algorithm|lock)\s*=?\s*\w+\s*(?=,|$|\balgorithm\b|\block\b)/gi, "")
    .trim();
  const clauses = clausesOf[way];
  return written === "alter"
    ? `${[bare, ...clauses].join(", ")};`
    : `${[bare, ...clauses].join(" ")};`;
}

const needed = ({ table, actions }: Alter, { facts, dialect }: Scene): Way | undefined =>
  needOf(actions, facts(table), dialect);

/** Those have rules of their own, whose way is another one. */
const hasOwnRule = ({ actions }: Alter): boolean =>
  actions.some(({ kind }) => kind === "partition" || kind === "convert");

export const alterWithoutAlgorithm: Rule = {
  id: "alter-without-algorithm",
  severity: "error",
  covers: [
    "strong:add_index",
    "strong:add_reference",
    "strong:remove_index",
    "strong:change_table",
  ],
  judge: (statement, scene) => {
    const alter = alterInUse(statement, scene);
    if (alter === undefined || alter.clauses.algorithm !== "" || hasOwnRule(alter)) return [];
    const need = needed(alter, scene);
    if (need === "copy") return [];
    return [
      {
        message: `without algorithm= the server takes the gentlest way that it can, and where that is a copy of ${alter.table} all writers wait without a word; with it the statement fails instead`,
        recipe: [expand(inWay(statement, alter, need ?? "inplace"))],
      },
    ];
  },
};

/** What the clauses of a statement ask for. */
function asked({ clauses }: Alter): Way | undefined {
  if (clauses.algorithm === "instant" || clauses.algorithm === "copy") return clauses.algorithm;
  if (clauses.algorithm !== "inplace" && clauses.algorithm !== "nocopy") return undefined;
  return clauses.lock === "shared" || clauses.lock === "exclusive" ? "shared" : "inplace";
}

const withLock = (statement: Statement, alter: Alter, way: Way): RecipePart =>
  way === "copy" ? contract(inWay(statement, alter, way)) : expand(inWay(statement, alter, way));

export const wrongAlgorithm: Rule = {
  id: "wrong-algorithm",
  severity: "error",
  covers: [],
  down: true,
  judge: (statement, scene) => {
    const alter = statement.reading.kind === "alter-table" ? statement.reading : undefined;
    if (alter === undefined) return [];
    const [need, way] = [needed(alter, scene), asked(alter)];
    if (need === undefined || way === undefined || ways.indexOf(way) >= ways.indexOf(need))
      return [];
    return [
      {
        message: `the server refuses ${clausesOf[way].join(", ")} for this change of ${alter.table}: it needs ${clausesOf[need].join(", ")}`,
        recipe: [withLock(statement, alter, need)],
      },
    ];
  },
};

export const tableCopy: Rule = {
  id: "table-copy",
  severity: "warning",
  covers: [],
  judge: (statement, scene) => {
    const alter = alterInUse(statement, scene);
    const way = alter === undefined ? undefined : asked(alter);
    if (alter === undefined || (way !== "copy" && way !== "shared")) return [];
    return [
      {
        message: `${alter.table} is ${way === "copy" ? "copied" : "read"} row by row: reads go on, writers wait for the whole of it, and replicas begin when it is done`,
        recipe: [
          contract(
            `-- for a large table a tool that copies beside its writers:\n-- gh-ost --table=${alter.table} --alter="…" or pt-online-schema-change --alter "…" t=${alter.table}`,
          ),
        ],
      },
    ];
  },
};

/** The same change when nobody of before runs any more, told to be a copy. */
export const asCopy = (
  table: string,
  action: string,
  checked: readonly string[] = [],
): RecipePart => contract(...checked, alterTable(table, [action], "copy"));
