import type { EntityIr, Method } from "../../../ir/types.ts";
import type { OrderTerm } from "../../../spec/model.ts";
import {
  type ListedFragments,
  type OrderFragment,
  orderFragmentsOf,
  splitFilter,
} from "../../families/sql/fragments.ts";
import { clause, selectList } from "../../families/sql/layout.ts";
import type { Dialect } from "../dialect.ts";
import { identifier, qualified } from "../sql/quote.ts";
import { comparable } from "../types.ts";
import { filterParts } from "./filter.ts";
import { givenKeys } from "./given.ts";
import {
  aliased,
  aliasOf,
  keyConditions,
  liveCondition,
  rowExpressions,
  rowLength,
  seenRows,
  tenantCondition,
  visibleFields,
} from "./row.ts";

/** The row of a key. @param key its parts, `$1…$n` unless a write says otherwise */
export function getText(entity: EntityIr, dialect: Dialect, key?: readonly string[]): string {
  const alias = aliasOf(entity);
  const conditions =
    key === undefined
      ? keyConditions(entity, alias)
      : [
          ...entity.key.map((field, at) => `${qualified(alias, field.column)} = ${key[at]}`),
          ...tenantCondition(entity, alias),
        ];
  return `${selectList(rowExpressions(entity, dialect))}
from ${aliased(entity)}
${clause("where", [...conditions, ...liveCondition(entity, alias)])}`;
}

/** The rows of many keys in the order of the keys, which come as one list. */
export function getManyText(entity: EntityIr, dialect: Dialect): string {
  const alias = aliasOf(entity);
  const seen = seenRows(entity, alias);
  const { source, same } = givenKeys(entity, alias, dialect);
  return `${selectList(rowExpressions(entity, dialect))}
from ${source}
join ${aliased(entity)} on ${same.join(" and ")}
${seen.length === 0 ? "" : `${clause("where", seen)}\n`}order by given.place`;
}

type List = Extract<Method, { readonly op: "list" }>;

/** A list; what orders it and is not shown is selected after the row's columns, since a cursor holds it. */
export function listFragments(entity: EntityIr, method: List, dialect: Dialect): ListedFragments {
  const order = orderFragments(entity, method.orderBy);
  const shown = visibleFields(entity);
  const hidden: string[] = [];
  const cursor = method.orderBy.map(({ field }, at) => {
    const place = shown.findIndex((each) => each.name === field);
    return place >= 0 ? place : rowLength(entity) + hidden.push(order[at]?.column ?? "null") - 1;
  });
  const filter = splitFilter(filterParts(entity, method.where, method.optional, dialect));
  return {
    ...filter,
    select: `${selectList([...rowExpressions(entity, dialect), ...hidden])}\nfrom ${aliased(entity)}`,
    where: [...filter.where, ...seenRows(entity, aliasOf(entity))],
    order,
    cursor,
  };
}

export const orderFragments = (
  entity: EntityIr,
  terms: readonly OrderTerm[],
): readonly OrderFragment[] =>
  orderFragmentsOf(entity, terms, (field) => {
    const cast = cursorCast(field.type.kind) ?? comparable(field.type, "{0}");
    return {
      column: qualified(aliasOf(entity), field.column),
      ...(cast !== "{0}" && { cast }),
    };
  });

/** A cursor holds texts; a text compared with a number would be compared as a rounded one. */
function cursorCast(kind: string): string | undefined {
  if (kind === "int" || kind === "boolean") return "cast({0} as signed)";
  return kind === "float" ? "cast({0} as double)" : undefined;
}

/** Asks for the key alone: tells a stale version from a missing row. */
export const existsText = (entity: EntityIr): string =>
  `select 1 from ${identifier(entity.table)} where ${[...keyConditions(entity), ...liveCondition(entity)].join(" and ")}`;
