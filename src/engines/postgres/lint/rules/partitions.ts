import { identifier } from "../../sql/quote.ts";
import { alterCommands } from "../alter.ts";
import { alone, expand } from "../recipe.ts";
import type { Hit, Rule } from "../rule.ts";
import { tokensBetween } from "../sql-text.ts";
import { tableKey, tableName } from "../tree.ts";

export const attachPartition: Rule = {
  id: "attach-partition-unchecked",
  severity: "error",
  covers: [],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, command, relation, from, text }): readonly Hit[] => {
      if (kind !== "AT_AttachPartition" || command.def === undefined) return [];
      const attached = "PartitionCmd" in command.def ? command.def.PartitionCmd : undefined;
      const part = attached?.name;
      // No row of a default partition is read while there is no other one.
      if (attached?.bound?.is_default === true && scene.isFresh(tableKey(relation))) return [];
      if (part === undefined || scene.isFresh(tableKey(part))) return [];
      const known = [...(scene.facts(tableKey(part))?.constraints.values() ?? [])];
      if (known.some(({ validated }) => validated)) return [];
      const table = tableName(part);
      const check = identifier(`${part.relname}_bounds`);
      return [
        {
          message: `every row of ${tableKey(part)} is read under ACCESS EXCLUSIVE to see that it belongs there; a validated check with the same bounds makes it a matter of the catalogue`,
          recipe: [
            expand(
              `alter table ${table} add constraint ${check} check (true) not valid; -- in place of true: the bounds of the partition`,
            ),
            alone(`alter table ${table} validate constraint ${check};`),
            expand(
              `alter table ${tableName(relation)} ${text};`,
              `alter table ${table} drop constraint ${check};`,
            ),
          ],
          at: from,
        },
      ];
    }),
};

export const createPartition: Rule = {
  id: "create-partition-in-place",
  severity: "warning",
  covers: [],
  judge: ({ node, source, from, to }, scene) => {
    if (!("CreateStmt" in node)) return [];
    const { relation, inhRelations = [], partbound } = node.CreateStmt;
    const parents = inhRelations.flatMap((one) => ("RangeVar" in one ? [one.RangeVar] : []));
    const parent = parents[0];
    if (partbound === undefined || relation === undefined || parent === undefined) return [];
    if (scene.isFresh(tableKey(parent))) return [];
    const word = tokensBetween(source, from, to).find(
      ({ word: text }) => text === "for" || text === "default",
    );
    return [
      {
        message: `ACCESS EXCLUSIVE on ${tableKey(parent)}: it waits for the longest query, and all others wait behind it; a default partition is read as well`,
        recipe: [
          expand(
            `create table ${tableName(relation)} (like ${tableName(parent)} including all);`,
            `alter table ${tableName(parent)} attach partition ${tableName(relation)} ${source.slice(word?.start ?? to, to)};`,
          ),
        ],
      },
    ];
  },
};

export const detachPartition: Rule = {
  id: "detach-partition-blocking",
  severity: "error",
  covers: ["squawk:require-concurrent-partition-detach"],
  judge: (statement, scene) =>
    alterCommands(statement).flatMap(({ kind, command, relation, table, from }): readonly Hit[] => {
      if (kind !== "AT_DetachPartition" || command.def === undefined) return [];
      const detached = "PartitionCmd" in command.def ? command.def.PartitionCmd : undefined;
      if (detached?.name === undefined || detached.concurrent === true || scene.isFresh(table))
        return [];
      return [
        {
          message: `ACCESS EXCLUSIVE on ${table}: it waits for the longest query, and all others wait behind it`,
          recipe: [
            alone(
              `alter table ${tableName(relation)} detach partition ${tableName(detached.name)} concurrently;`,
              "contract",
            ),
          ],
          at: from,
        },
      ];
    }),
};
