import type { EntityIr, Method } from "../../../ir/types.ts";
import type { OrderTerm } from "../../../spec/model.ts";
import { clause, selectList } from "../sql/layout.ts";
import { identifier, identifiers, qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import type { FilterPart } from "./filter.ts";
import { bound, filterParts, isFixed } from "./filter.ts";
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

/** Fragments of a list that the runtime puts together for each combination of filters and cursor. */
export interface ListFragments {
  readonly select: string;
  readonly where: readonly string[];
  readonly optional: readonly string[];
  readonly tail?: string;
  readonly order: readonly OrderFragment[];
  /** Filters whose value is always bound, in the order of `$1…$n`. */
  readonly fixed: readonly FilterPart[];
  /** Filters in the order of `optional`. */
  readonly parts: readonly FilterPart[];
}

export interface OrderFragment {
  readonly column: string;
  readonly direction: "asc" | "desc";
  readonly cast: string;
  readonly nullable?: boolean;
}

/** Splits a filter into conditions of every call and those of the values that are given. @param first number of the first free parameter */
export function splitFilter(
  parts: readonly FilterPart[],
  first = 1,
): Pick<ListFragments, "where" | "optional" | "fixed" | "parts"> {
  const fixed = parts.filter(isFixed);
  const rest = parts.filter((part) => !isFixed(part));
  return {
    fixed,
    parts: rest,
    where: fixed.map((part, at) => bound(part, first + at)),
    optional: rest.map((part) => part.condition),
  };
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

export function orderFragments(
  entity: EntityIr,
  terms: readonly OrderTerm[],
): readonly OrderFragment[] {
  return terms.flatMap(({ field: name, direction }) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return [];
    const column = qualified(aliasOf(entity), field.column);
    return [
      {
        column,
        direction,
        cast: parameterType(field.type),
        ...(field.nullable && { nullable: true }),
      },
    ];
  });
}

/** Asks for the key alone: tells a stale version from a missing row. */
export const existsText = (entity: EntityIr): string =>
  `select 1 from ${identifier(entity.table)} where ${conjunction([...keyConditions(entity), ...liveCondition(entity)])}`;
