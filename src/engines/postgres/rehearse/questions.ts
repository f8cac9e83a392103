import type { RowQuestion } from "../../../migrate/rehearse/store.ts";
import { admitted } from "../../families/sql/rehearse/admitted.ts";
import type { Query } from "../introspect/read.ts";

const asked =
  /into amount, sample from ("(?:[^"]|"")+"|\S+) where ([\s\S]*?);\n[\s\S]*?message = '((?:[^']|'')*?); rows: '/g;

/** What a text made by `askText` asks. */
export const questionsOf = (text: string): readonly RowQuestion[] =>
  [...text.matchAll(asked)].map(([, table = "", where = "", reason = ""]) => ({
    table,
    where,
    reason: reason.replaceAll("''", "'"),
  }));

/** Rows that no question finds, while `work` runs: checks hold it, which the makers of values read. */
export async function passing<T>(
  query: Query,
  questions: readonly RowQuestion[],
  work: () => Promise<T>,
): Promise<T> {
  const held: string[] = [];
  for (const [at, { table, where }] of questions.entries()) {
    const constraint = `rehearsed_question_${at}`;
    try {
      await query(`alter table ${table} add constraint ${constraint} check (${admitted(where)})`);
      held.push(`alter table ${table} drop constraint ${constraint}`);
    } catch {
      // It asks of what the change itself makes, or of other rows: it stops again, and is told then.
    }
  }
  try {
    return await work();
  } finally {
    for (const statement of held) await query(statement);
  }
}
