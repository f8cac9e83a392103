import { literal } from "../../sql/quote.ts";
import { alone, contract } from "../recipe.ts";
import type { Rule } from "../rule.ts";
import { nameKey, strings } from "../tree.ts";

export const enumValue: Rule = {
  id: "enum-value-in-transaction",
  severity: "error",
  covers: ["squawk:ban-add-enum-value"],
  judge: ({ node, source, from, to, transaction }, scene) => {
    if (!("AlterEnumStmt" in node) || transaction === undefined) return [];
    const { oldVal, typeName = [] } = node.AlterEnumStmt;
    if (
      oldVal !== undefined ||
      scene.catalogue.enums.get(nameKey(strings(typeName)))?.fresh === true
    )
      return [];
    return [
      {
        message:
          "no statement of the same transaction can use the value (55P04), and there is no way back: no value ever leaves an enum type",
        recipe: [alone(`${source.slice(from, to)};`)],
      },
    ];
  },
};

export const enumRename: Rule = {
  id: "rename-enum-value",
  severity: "error",
  covers: ["squawk:renaming-object"],
  judge: ({ node, source, from, to }, scene) => {
    if (!("AlterEnumStmt" in node) || node.AlterEnumStmt.oldVal === undefined) return [];
    const { typeName = [] } = node.AlterEnumStmt;
    if (
      scene.phase === "contract" ||
      scene.catalogue.enums.get(nameKey(strings(typeName)))?.fresh === true
    )
      return [];
    return [
      {
        message: `code of before fails from this moment on: it writes ${node.AlterEnumStmt.oldVal}, and reads a value that it does not know`,
        recipe: [contract(`${source.slice(from, to)};`)],
      },
    ];
  },
};

export const enumOrder: Rule = {
  id: "enum-value-order",
  severity: "warning",
  covers: ["squawk:require-enum-value-ordering"],
  judge: ({ node, source, from, to }, scene) => {
    if (!("AlterEnumStmt" in node)) return [];
    const { oldVal, newValNeighbor, typeName } = node.AlterEnumStmt;
    if (oldVal !== undefined || newValNeighbor !== undefined) return [];
    const last =
      scene.catalogue.enums.get(nameKey(strings(typeName)))?.values.at(-1) ?? "the value before it";
    return [
      {
        message:
          "the value becomes the last one, which decides how rows sort; before or after says where it belongs",
        recipe: [alone(`${source.slice(from, to)} after ${literal(last)};`)],
      },
    ];
  },
};
