import type { Entity, Measure, Method, OrderTerm } from "./model.ts";
import { milliseconds } from "./quantities.ts";
import type { MethodSpec, operations } from "./schema-access.ts";
import { groupTerm, orderTerm, predicate } from "./terms.ts";

export type Operation = (typeof operations)[number];

/** The operation of a method: what it says, or its own name. The validator has made sure that it is one. */
export const operationOf = (name: string, method: MethodSpec): Operation =>
  method.op ?? (name as Operation);

export function methodOf(name: string, method: MethodSpec, entity: Entity): Method {
  const base = { name, ...(method.comment !== undefined && { comment: method.comment }) };
  const where = (method.where ?? []).map(predicate);
  const optional = (method.optional ?? []).map(predicate);
  const op = operationOf(name, method);
  switch (op) {
    case "list":
      return {
        ...base,
        op,
        where,
        optional,
        orderBy: totalOrder(method, entity),
        page: method.page ?? "keyset",
      };
    case "aggregate":
      return {
        ...base,
        op,
        where,
        optional,
        groupBy: (method.groupBy ?? []).map(groupTerm),
        measures: measuresOf(method),
      };
    case "insert":
      return { ...base, op, bulk: method.bulk === true };
    case "upsert":
      return {
        ...base,
        op,
        bulk: method.bulk === true,
        ...(method.ttl !== undefined && { ttlMs: milliseconds(method.ttl) }),
      };
    case "patch":
      return { ...base, op, fields: method.fields ?? patchable(entity) };
    case "increment":
      return {
        ...base,
        op,
        field: method.field ?? "",
        by: method.by ?? "any",
        ...(method.floor !== undefined && { floor: method.floor }),
        ...(method.ceiling !== undefined && { ceiling: method.ceiling }),
      };
    default:
      return { ...base, op };
  }
}

/**
 * The order the user gave, so that no two rows are equal in it: completed by the key in the direction of its last term, unless a unique
 * constraint over what it names and what is equal anyway says that already.
 */
function totalOrder(method: MethodSpec, entity: Entity): readonly OrderTerm[] {
  const given = (method.orderBy ?? []).map(orderTerm);
  const named = new Set(given.map(({ field }) => field));
  if (given.length > 0 && isUnique(entity, new Set([...named, ...equalIn(method, entity)])))
    return given;
  const direction = given.at(-1)?.direction ?? "asc";
  return [
    ...given,
    ...entity.key.filter((key) => !named.has(key)).map((field) => ({ field, direction })),
  ];
}

/** Fields that have one value in all rows of a list. */
const equalIn = ({ where = [] }: MethodSpec, { tenant }: Entity): readonly string[] => [
  ...where.map(predicate).flatMap(({ field, operator }) => (operator === "eq" ? [field] : [])),
  ...(tenant === undefined ? [] : [tenant]),
];

/** Whether no two rows agree in all of these fields. Null is no value: rows that have it may be many. */
function isUnique({ fields, unique }: Entity, named: ReadonlySet<string>): boolean {
  const decides = new Set(
    fields.filter(({ name, nullable }) => !nullable && named.has(name)).map(({ name }) => name),
  );
  return (
    fields.some((field) => field.unique && decides.has(field.name)) ||
    unique.some((together) => together.every((name) => decides.has(name)))
  );
}

const patchable = (entity: Entity): readonly string[] =>
  entity.fields.filter(({ role, key }) => role === "data" && !key).map(({ name }) => name);

function measuresOf({ measure = { count: true } }: MethodSpec): readonly Measure[] {
  const made: Measure[] = [];
  for (const kind of ["sum", "avg", "min", "max"] as const) {
    for (const field of [measure[kind] ?? []].flat()) made.push({ kind, field });
  }
  if (measure.count === true) made.push({ kind: "count" });
  return made;
}
