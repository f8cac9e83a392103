import type { EntityIr, StoreIr } from "../../../ir/types.ts";
import type { FillColumn } from "../../../migrate/fill-column.ts";
import { fillFault } from "../../../migrate/fill-fault.ts";
import type { ChangeContext, Question } from "../../../migrate/step.ts";
import type { Json } from "../../../spec/model.ts";
import { exampleOf, isOfType } from "./constant-type.ts";
import { plain, stored } from "./constants.ts";
import { overDocument, type Place, type Value } from "./expressions.ts";

type Fault = Omit<Question, "about">;

/** A value as the user gave it: JSON of the field's type, Extended JSON, or an aggregation expression when it names fields or operators. */
export function givenValue(
  place: Place,
  text: string,
  column: FillColumn | undefined,
): { readonly value: Value } | { readonly fault: Fault } {
  const parsed = parsedJson(text);
  if (parsed === undefined)
    return {
      fault: {
        text: `${text} is not JSON`,
        hint: `give JSON or an aggregation expression as JSON: '"none"'`,
      },
    };
  const { json } = parsed;
  if (isExpression(json)) return { value: { expression: () => overDocument(place, json) } };
  // Null stands for a value that is not known yet where two specs are compared.
  if (column === undefined || json === null) return { value: { constant: json } };
  const fault = constantFault(json, column);
  const { type } = column.field;
  const kind = type.kind === "array" ? type.of : type.kind;
  return fault === undefined ? { value: { constant: stored(json, kind) } } : { fault };
}

/** Tags of constants. Source: MongoDB manual, "MongoDB Extended JSON (v2)". */
const tagged: ReadonlySet<string> = new Set([
  "$numberInt",
  "$numberLong",
  "$numberDouble",
  "$numberDecimal",
  "$date",
  "$binary",
  "$oid",
  "$uuid",
]);

/** Whether it names a field or an operator: `"$name"`, `{"$concat": […]}`. */
function isExpression(json: Json): boolean {
  if (typeof json === "string") return json.startsWith("$");
  if (typeof json !== "object" || json === null) return false;
  if (Array.isArray(json)) return json.some((each: Json) => isExpression(each));
  return Object.entries(json).some(
    ([key, value]) => !tagged.has(key) && (key.startsWith("$") || isExpression(value)),
  );
}

/** Undefined for what is no JSON, since null is some. */
function parsedJson(text: string): { readonly json: Json } | undefined {
  try {
    return { json: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

function constantFault(value: Json, column: FillColumn): Fault | undefined {
  const { type } = column.field;
  if (!isOfType(value, type))
    return {
      text: `${JSON.stringify(value)} is no ${type.kind}, which the field is`,
      hint: `give one such as ${exampleOf(type)}, or an aggregation expression`,
    };
  return fillFault(plain(value), column);
}

/** Whether an expression names one of the columns of a document, by `$column` or by `$$variable.column`. */
export const mentionsAny = (text: string, columns: readonly string[]): boolean =>
  [...text.matchAll(/"\$(\$\w+\.)?([^"$.]+)/g)].some(([, , name = ""]) => columns.includes(name));

/** What is wrong with values that a user gave for what this store's documents hold. */
export async function judgeValues(
  _from: unknown,
  _to: unknown,
  { store, values }: ChangeContext,
): Promise<readonly Question[]> {
  return Object.entries(values).flatMap(([about, text]): readonly Question[] => {
    const fault = faultOf(store, about, text);
    return fault === undefined ? [] : [{ about, ...fault }];
  });
}

/** @param about collection, lists and property, with dots between */
function faultOf({ entities }: StoreIr, about: string, text: string): Fault | undefined {
  const root = entities.find(({ table }) => about.startsWith(`${table}.`));
  if (root === undefined) return undefined;
  const path = about.slice(root.table.length + 1).split(".");
  const [lists, column] = [path.slice(0, -1), path.at(-1) ?? ""];
  const entity = lists.reduce<EntityIr | undefined>(
    (owner, list) => owner?.children.find(({ property }) => property === list)?.entity,
    root,
  );
  const field = entity?.fields.find((each) => each.column === column);
  if (entity === undefined || field === undefined)
    return {
      text: `${root.table} has no property ${path.join(".")}`,
      hint: `its properties: ${(entity ?? root).fields.map((each) => each.column).join(", ")}`,
    };
  const given = givenValue({ collection: root.table, lists }, text, { field, entity });
  if ("fault" in given) return given.fault;
  return "constant" in given.value && given.value.constant === null
    ? fillFault(null, { field, entity })
    : undefined;
}
