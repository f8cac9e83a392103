import { contract, expand, type RecipePart } from "../../families/sql/lint-recipe.ts";
import { batchTexts } from "../schema/batch.ts";
import { alterTable } from "../schema/render.ts";
import { placeholderOf } from "../schema/types.ts";
import { identifier } from "../sql/quote.ts";
import { readActions } from "./alter.ts";
import type { TableFacts } from "./catalogue.ts";
import { type ColumnSpec, typeText } from "./column.ts";
import { needOf, type Way } from "./needs.ts";
import type { Scene } from "./rule.ts";

export { contract, expand, type RecipePart } from "../../families/sql/lint-recipe.ts";

/** `alter table` as the planner writes it, in the given way. */
export const altered = (table: string, action: string, way: Way): string =>
  alterTable(table, [action], way);

/** `alter table` in the gentlest way that the server takes. */
export const gently = (table: string, action: string, { facts, dialect }: Scene): string =>
  altered(table, action, needOf(readActions([action]), facts(table), dialect) ?? "inplace");

/** What there is once a table has one more column. */
export function withColumn(scene: Scene, table: string, column: ColumnSpec): Scene {
  const own = scene.facts(table);
  if (own === undefined) return scene;
  const columns = new Map([...own.columns, [column.name, column]]);
  return {
    ...scene,
    facts: (name) => (name === table ? { ...own, columns } : scene.facts(name)),
  };
}

/** Fills a column of the rows that are there, some at a time, by the table's key. */
export function backfill(
  table: string,
  facts: TableFacts | undefined,
  column: string,
  value: string,
): RecipePart {
  const key = facts === undefined || facts.key.length === 0 ? ["id"] : facts.key;
  const where = `${identifier(column)} is null`;
  return {
    phase: "backfill",
    batch: true,
    sql: batchTexts(table, key, { column, value, where }).join("\n"),
  };
}

/** A value of the type, to be replaced by one that means something. */
export const someValue = (column: ColumnSpec): string =>
  (column.default === "constant" ? column.defaultText : undefined) ??
  placeholderOf(typeText(column)) ??
  "''";

/** The definition with another nullability. */
export const withNull = ({ text }: ColumnSpec, nullable: boolean): string => {
  const bareText = text
    .replaceAll(/\bnot\s+null\b/gi, "")
    .replace(/(?<!default\s)\bnull\b/i, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const [, type = bareText, rest = ""] =
    /^(\w+(?:\s*\([^)]*\))?(?:\s+unsigned)?)(.*)$/i.exec(bareText) ?? [];
  return `${type} ${nullable ? "null" : "not null"}${rest}`;
};

/** Stops before the change when a row has no value. */
export const refuseNull = (table: string, column: string): string =>
  [
    `-- refuse: column ${column} of ${table} is empty in a row`,
    `select 1 from ${identifier(table)} where ${identifier(column)} is null limit 1;`,
  ].join("\n");

/** Fill, look, require: the way of a column that is to be required. @param value of the rows that have none */
export const required = (
  table: string,
  scene: Scene,
  column: ColumnSpec,
  value = someValue(column),
): readonly RecipePart[] => [
  backfill(table, scene.facts(table), column.name, value),
  contract(
    refuseNull(table, column.name),
    gently(table, `modify column ${identifier(column.name)} ${withNull(column, false)}`, scene),
  ),
];

/** A second column beside the first: triggers keep it while code of before writes, batches fill it, and the first one goes at the end. */
export function secondColumn(
  table: string,
  scene: Scene,
  from: string,
  to: ColumnSpec,
): readonly RecipePart[] {
  const [first, second] = [identifier(from), identifier(to.name)];
  const trigger = (moment: "insert" | "update"): string =>
    identifier(`${table}_${to.name}_${moment}`);
  const follows = (moment: "insert" | "update", value: string): RecipePart =>
    expand(
      `create trigger ${trigger(moment)} before ${moment} on ${identifier(table)} for each row set new.${second} = ${value};`,
    );
  const drop = (moment: "insert" | "update"): RecipePart =>
    contract(`drop trigger if exists ${trigger(moment)};`);
  return [
    expand(gently(table, `add column ${second} ${typeText(to)} null`, scene)),
    follows("insert", `coalesce(new.${second}, new.${first})`),
    follows("update", `if(new.${first} <=> old.${first}, new.${second}, new.${first})`),
    backfill(table, scene.facts(table), to.name, first),
    drop("insert"),
    drop("update"),
    contract(gently(table, `drop column ${first}`, scene)),
  ];
}

/** Under the same name it cannot stand beside the first. */
export const besideName = (from: string, column: ColumnSpec): ColumnSpec =>
  column.name === from ? { ...column, name: `${from}_next` } : column;
