import { statementsOf } from "../../../../templates/engines/mysql/migration-statements.ts";
import type { LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { RowQuestion } from "../../../migrate/rehearse/store.ts";
import { admitted } from "../../families/sql/rehearse/admitted.ts";

const asked = /^select .*? from (`(?:[^`]|``)+`|[^\s`]+) where ([\s\S]*) limit 1$/m;

/** What the refusals of a step ask. One that joins other tables is none of its own rows alone. */
export const questionsOf = (text: string): readonly RowQuestion[] =>
  statementsOf(text).flatMap((statement) => {
    const [, table, where] = asked.exec(statement.text) ?? [];
    return statement.refusal === undefined || table === undefined || where === undefined
      ? []
      : [{ table, where, reason: statement.refusal }];
  });

/** Rows that no question finds, while `work` runs: checks hold it, which the makers of values read. */
export async function passing<T>(
  connection: LentConnection,
  questions: readonly RowQuestion[],
  work: () => Promise<T>,
): Promise<T> {
  const held: string[] = [];
  for (const [at, { table, where }] of questions.entries()) {
    const constraint = `rehearsed_question_${at}`;
    try {
      await connection.command(
        `alter table ${table} add constraint ${constraint} check (${admitted(where)})`,
      );
      held.push(`alter table ${table} drop constraint ${constraint}`);
    } catch {
      // It asks of what the change itself makes, or of other rows: it stops again, and is told then.
    }
  }
  try {
    return await work();
  } finally {
    for (const statement of held) await connection.command(statement);
  }
}
