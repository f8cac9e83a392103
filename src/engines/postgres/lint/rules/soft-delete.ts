import { deletedReason, isDeletionMark, seenAgain } from "../../../../migrate/deletion-mark.ts";
import { askText } from "../../schema/ask-text.ts";
import { identifier } from "../../sql/quote.ts";
import { alterCommands } from "../alter.ts";
import { contract } from "../recipe.ts";
import type { Rule, Scene } from "../rule.ts";
import type { Statement } from "../parse.ts";
import { tableName } from "../tree.ts";

export const dropDeletionMark: Rule = {
  id: "drop-deletion-mark",
  severity: "error",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement)
      .filter(({ kind, table, name }) => {
        const drops = kind === "AT_DropColumn" && !scene.isFresh(table) && isDeletionMark(name);
        return drops && !isAsked(statement, scene, name);
      })
      .map(({ name, table, relation, from }) => {
        const column = identifier(name);
        const where = `${column} is not null`;
        const reason = deletedReason(table, name);
        const key = scene.facts(table)?.key ?? [];
        return {
          message: seenAgain(table, name),
          recipe: [
            contract(
              askText({
                table: relation.relname ?? table,
                key,
                shown: [],
                where,
                reason,
                past: [],
              }),
              `alter table ${tableName(relation)} drop column ${column};`,
            ),
          ],
          at: from,
        };
      }),
};

/** Whether an earlier statement of the file looks at the marked rows, or removes them: it names the mark itself. */
const isAsked = (statement: Statement, { all }: Scene, name: string): boolean =>
  all
    .slice(0, all.indexOf(statement))
    .some(
      ({ node, source, from, to }) =>
        ("DoStmt" in node || "DeleteStmt" in node || "UpdateStmt" in node) &&
        source.slice(from, to).includes(name),
    );
