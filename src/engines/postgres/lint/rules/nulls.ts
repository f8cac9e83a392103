import { identifier } from "../../sql/quote.ts";
import { alterCommands } from "../alter.ts";
import { backfill } from "../recipe.ts";
import type { Hit, Rule } from "../rule.ts";
import { tableName } from "../tree.ts";

/** A column that may hold nulls becomes required, and nothing has filled it: what fails then is the last step, on the data of production. */
export const unfilledRequired: Rule = {
  id: "require-unfilled-column",
  severity: "warning",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, table, relation, name, from }): readonly Hit[] => {
      const column = scene.facts(table)?.constraints.get(name)?.requires;
      if (kind !== "AT_ValidateConstraint" || column === undefined) return [];
      if (scene.isFresh(table) || scene.catalogue.written.has(`${table}.${column}`)) return [];
      if (scene.facts(table)?.required.has(column) === true) return [];
      const key = (scene.facts(table)?.key ?? []).map(identifier);
      const quoted = identifier(column);
      return [
        {
          message: `${table}.${column} could be null until now, and no migration fills it: one such row makes this fail; select count(*) from ${tableName(relation)} where ${quoted} is null finds them`,
          recipe: [
            backfill(
              tableName(relation),
              key,
              `${quoted} = default`,
              `${tableName(relation)}.${quoted} is null`,
            ),
          ],
          at: from,
        },
      ];
    }),
};
