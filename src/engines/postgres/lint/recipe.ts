import type { RecipePart } from "../../families/sql/lint-recipe.ts";

export {
  alone,
  contract,
  expand,
  printRecipe,
  type RecipePart,
} from "../../families/sql/lint-recipe.ts";

/** Fills a column in batches by the table's key. */
export function backfill(
  table: string,
  key: readonly string[],
  assignment: string,
  left: string,
): RecipePart {
  const keys = key.length === 0 ? ["id"] : key;
  const joined = keys.map((column) => `${table}.${column} = batch.${column}`).join(" and ");
  const sql = [
    `with batch as (select ${keys.join(", ")} from ${table} where ${left} order by ${keys.join(", ")} limit 1000 for update)`,
    `update ${table} set ${assignment} from batch where ${joined};`,
  ].join("\n");
  return { phase: "backfill", sql, batch: true };
}
