import type { FieldSpec, IndexSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueIndex } from "./catalogue.ts";
import type { AdoptDialect, FieldsByColumn } from "./dialect.ts";

type Judge = Pick<AdoptDialect<never>, "expressionProblem" | "indexRefusal">;

const methods = ["btree", "gin", "gist", "brin", "hash", "fulltext"] as const;
const unordered: readonly FieldSpec["type"][] = ["json", "array", "vector", "binary"];

/** An index in the words of the spec, or why they do not say it. */
export function indexSpecOf(
  index: CatalogueIndex,
  fields: FieldsByColumn,
  judge: Judge,
): IndexSpec | { readonly refused: string } {
  const refused = refusal(index, fields, judge);
  if (refused !== undefined) return { refused: `index ${index.name} ${refused}` };
  const method = methods.find((known) => known === index.method) ?? "btree";
  const [first] = index.keys;
  return {
    name: index.name,
    ...(first !== undefined && first.column === undefined
      ? { expression: first.text }
      : { fields: index.keys.map((key) => termOf(key, fields)) }),
    ...(method !== "btree" && { method }),
    ...(index.unique && { unique: true }),
    ...(index.where !== undefined && { where: index.where }),
    ...(index.comment !== undefined && { comment: index.comment }),
  };
}

const termOf = (
  { column, descending }: CatalogueIndex["keys"][number],
  fields: FieldsByColumn,
): string => `${descending ? "-" : ""}${fields.get(column ?? "")?.name ?? ""}`;

function refusal(
  index: CatalogueIndex,
  fields: FieldsByColumn,
  { expressionProblem, indexRefusal }: Judge,
): string | undefined {
  const { keys, include, valid, where, method, nullsNotDistinct } = index;
  if (!valid) return "is invalid: something broke off while it was made";
  if (!methods.some((known) => known === method)) return `is a ${method} index`;
  const special = keys.find(({ operatorClass }) => operatorClass !== undefined);
  if (special !== undefined) return `uses the operator class ${special.operatorClass ?? ""}`;
  if (keys.some(({ nullsMoved }) => nullsMoved)) return "puts nulls elsewhere";
  if (include.length > 0) return `includes ${include.join(", ")}`;
  if (nullsNotDistinct) return "counts two nulls as equal";
  if (where !== undefined && expressionProblem(where) !== undefined) return `holds where ${where}`;
  const expressions = keys.filter(({ column }) => column === undefined);
  if (expressions.length > 0 && keys.length > 1) return "mixes columns and expressions";
  if (expressions.some(({ text }) => expressionProblem(text) !== undefined))
    return `is on ${keys[0]?.text ?? ""}`;
  return columnsRefusal(index, fields) ?? indexRefusal(index, fields);
}

function columnsRefusal(
  { keys, method }: CatalogueIndex,
  fields: FieldsByColumn,
): string | undefined {
  const ordered = method !== "gin" && method !== "gist";
  for (const { column } of keys) {
    if (column === undefined) continue;
    const field = fields.get(column);
    if (field === undefined) return `is on ${column}, which is no field`;
    if (field.spec.type === "vector" || (ordered && unordered.includes(field.spec.type)))
      return `is on ${column}, which has no order`;
  }
  const columns = keys.flatMap(({ column }) => column ?? []);
  return new Set(columns).size < columns.length ? "names a column twice" : undefined;
}
