import type { ChangeContext, Question, Snapshot } from "../../../migrate/step.ts";
import { judgeConstants } from "../../families/sql/judge-constants.ts";
import { schemaOf } from "./schema.ts";
import { partName } from "./snapshot.ts";

/**
 * What is wrong with expressions that a user gave for columns: no SQL, or columns that the table does not have. A wrong one would only
 * fail when it is run, and until then in a trigger, for everybody who writes.
 */
export async function judgeValues(
  from: Snapshot,
  to: Snapshot,
  context: ChangeContext,
): Promise<readonly Question[]> {
  const columns = columnsByPart(from, to);
  const questions: Question[] = [...judgeConstants(context)];
  const judged = new Set(questions.map(({ about }) => about));
  for (const [about, expression] of Object.entries(context.values)) {
    if (judged.has(about)) continue;
    const at = about.lastIndexOf(".");
    const [part, column] = [about.slice(0, at), about.slice(at + 1)];
    const own = columns.get(part);
    if (own === undefined) continue;
    const fault = own.has(column)
      ? await faultOf(expression, new Set([...own, part]))
      : { text: `${part} has no column ${column}`, hint: `its columns: ${[...own].join(", ")}` };
    if (fault !== undefined) questions.push({ about, ...fault });
  }
  return questions;
}

/** By part: the columns of its table before the change and after it. */
function columnsByPart(from: Snapshot, to: Snapshot): ReadonlyMap<string, ReadonlySet<string>> {
  const columns = new Map<string, Set<string>>();
  for (const { table } of [...schemaOf(from).tables, ...schemaOf(to).tables]) {
    const own = columns.get(partName(table.name)) ?? new Set();
    for (const { name } of table.columns) own.add(name);
    columns.set(partName(table.name), own);
  }
  return columns;
}

/** @param names of the columns, and of the table, which stands for a row as a whole */
async function faultOf(
  expression: string,
  names: ReadonlySet<string>,
): Promise<Omit<Question, "about"> | undefined> {
  const { hasSqlDetails, loadModule, parseSync } = await import("libpg-query");
  await loadModule();
  try {
    const named = namesIn(parseSync(`select (${expression})`));
    const unknown = named?.find((name) => !names.has(name));
    if (unknown === undefined) return undefined;
    return {
      text: `${expression}: there is no column ${unknown}`,
      hint: `a text needs quotes: '${unknown}'`,
    };
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    return { text: `${expression}: ${error.message}`, hint: "give one SQL expression" };
  }
}

/** Names of columns in an expression; undefined where a query in it has columns of its own. */
function namesIn(tree: unknown): readonly string[] | undefined {
  const text = JSON.stringify(tree);
  if (text.includes('"SubLink"') || text.split('"SelectStmt"').length > 2) return undefined;
  const names: string[] = [];
  JSON.parse(text, (key, value: { fields?: readonly { String?: { sval: string } }[] }) => {
    const last = key === "ColumnRef" ? value.fields?.at(-1)?.String?.sval : undefined;
    if (last !== undefined) names.push(last);
    return value;
  });
  return names;
}
