import type { EntityIr, Method } from "../../../ir/types.ts";
import type { OrderTerm } from "../../../spec/model.ts";
import { clause, selectList } from "../../families/sql/layout.ts";
import { identifier, identifiers, qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import {
  type ListFragments,
  type OrderFragment,
  orderFragmentsOf,
  splitFilter,
} from "../../families/sql/fragments.ts";
import { filterParts } from "./filter.ts";
import {
  aliasOf,
  aliased,
  keyConditions,
  liveCondition,
  rowExpressions,
  rowLength,
  visibleFields,
} from "./row.ts";

const conjunction = (conditions: readonly string[]): string => conditions.join(" and ");

/** The row of a key. */
export function getText(entity: EntityIr): string {
  const alias = aliasOf(entity);
  return `${selectList(rowExpressions(entity))}
from ${aliased(entity)}
${clause("where", [...keyConditions(entity, alias), ...liveCondition(entity, alias)])}`;
}

/** The rows of many keys in the order of the keys: one array per part of the key. */
export function getManyText(entity: EntityIr): string {
  const alias = aliasOf(entity);
  const arrays = entity.key.map((field, at) => `$${at + 1}::${parameterType(field.type)}[]`);
  const columns = entity.key.map((field) => field.column);
  const same = columns.map(
    (column) => `${qualified(alias, column)} = ${qualified("wanted", column)}`,
  );
  const live = liveCondition(entity, alias);
  return `${selectList(rowExpressions(entity))}
from unnest(${arrays.join(", ")}) with ordinality as wanted(${identifiers(columns)}, given_place)
join ${aliased(entity)} on ${conjunction(same)}
${live.length === 0 ? "" : `where ${conjunction(live)}\n`}order by wanted.given_place`;
}

type List = Extract<Method, { readonly op: "list" }>;

/** A list; what orders it and is not shown is selected after the row's columns, since a cursor holds it. */
export function listFragments(
  entity: EntityIr,
  method: List,
): ListFragments & { readonly cursor: readonly number[] } {
  const alias = aliasOf(entity);
  const order = orderFragments(entity, method.orderBy);
  const shown = visibleFields(entity);
  const hidden: string[] = [];
  const cursor = method.orderBy.map(({ field }, at) => {
    const place = shown.findIndex((each) => each.name === field);
    return place >= 0 ? place : rowLength(entity) + hidden.push(order[at]?.column ?? "null") - 1;
  });
  const filter = splitFilter(filterParts(entity, method.where, method.optional));
  return {
    ...filter,
    select: `${selectList([...rowExpressions(entity), ...hidden])}\nfrom ${aliased(entity)}`,
    where: [...filter.where, ...liveCondition(entity, alias)],
    order,
    cursor,
  };
}

export const orderFragments = (
  entity: EntityIr,
  terms: readonly OrderTerm[],
): readonly OrderFragment[] =>
  orderFragmentsOf(entity, terms, (field) => ({
    column: qualified(aliasOf(entity), field.column),
    cast: parameterType(field.type),
  }));

/** Asks for the key alone: tells a stale version from a missing row. */
export const existsText = (entity: EntityIr): string =>
  `select 1 from ${identifier(entity.table)} where ${conjunction([...keyConditions(entity), ...liveCondition(entity)])}`;
