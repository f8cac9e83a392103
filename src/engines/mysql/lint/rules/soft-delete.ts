import { deletedReason, isDeletionMark, seenAgain } from "../../../../migrate/deletion-mark.ts";
import { refuses } from "../../schema/refusals.ts";
import { identifier } from "../../sql/quote.ts";
import { contract, gently } from "../recipe.ts";
import { isChecked, onAction, type Rule } from "../rule.ts";

export const dropDeletionMark: Rule = {
  id: "drop-deletion-mark",
  severity: "error",
  covers: [],
  judge: onAction("drop-column", ({ name }, { table }, scene) => {
    if (!isDeletionMark(name) || isChecked(scene)) return [];
    const facts = scene.facts(table);
    const key = (facts?.key ?? []).map(identifier).join(", ");
    return [
      {
        message: seenAgain(table, name),
        recipe: [
          contract(
            `${refuses}${deletedReason(table, name)}`,
            `select ${key === "" ? "1" : key} from ${identifier(table)} where ${identifier(name)} is not null limit 1;`,
            gently(table, `drop column ${identifier(name)}`, scene),
          ),
        ],
      },
    ];
  }),
};
