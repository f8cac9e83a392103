import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import type { OrderTerm, Predicate } from "../../../spec/model.ts";

import { rowLength, visibleFields } from "./row.ts";

/** Parts of a statement that a runtime composes: filters whose values may be left out, the order that a page continues from. */

/** One condition on one value of a filter. */
export interface FilterPart {
  readonly field: FieldIr;
  /** Which value of the filter: the field itself, or an end of its range. */
  readonly end?: "min" | "max";
  /** The property must be there (`where:`), or may be left out. An end of a range may always be. */
  readonly required: boolean;
  /** `{0}` stands for the value's parameter. */
  readonly condition: string;
}

/** What a value is compared with, and how: the engine's own SQL, `{0}` for the value. */
export type Condition = (field: FieldIr, operator: "=" | ">=" | "<=") => string;

/** The conditions of a filter: fixed ones first, each range as its two ends. */
export function filterPartsOf(
  entity: EntityIr,
  where: readonly Predicate[],
  optional: readonly Predicate[],
  condition: Condition,
): readonly FilterPart[] {
  const parts = (predicate: Predicate, required: boolean): readonly FilterPart[] => {
    const field = entity.fields.find((candidate) => candidate.name === predicate.field);
    if (field === undefined) return [];
    if (predicate.operator !== "range")
      return [{ field, required, condition: condition(field, "=") }];
    return [
      { field, end: "min", required, condition: condition(field, ">=") },
      { field, end: "max", required, condition: condition(field, "<=") },
    ];
  };
  return [
    ...where.flatMap((predicate) => parts(predicate, true)),
    ...optional.flatMap((predicate) => parts(predicate, false)),
  ];
}

/** Whether the part has its value in every call. */
export const isFixed = (part: FilterPart): boolean => part.required && part.end === undefined;

export const bound = (part: FilterPart, parameter: number): string =>
  part.condition.replaceAll("{0}", `$${parameter}`);

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
  /** How the cursor's text becomes a value of it, as the engine's runtime takes it. */
  readonly cast?: string;
  readonly nullable?: boolean;
  /** Name in the select list of what has its value, where the server would work it out again to sort by it. */
  readonly alias?: string;
}

/** A list, with the columns of a row that hold the values of its order. */
export type ListedFragments = ListFragments & { readonly cursor: readonly number[] };

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

/** The terms of an order, each as the engine writes it. */
export const orderFragmentsOf = (
  entity: EntityIr,
  terms: readonly OrderTerm[],
  fragment: (field: FieldIr) => Omit<OrderFragment, "direction" | "nullable">,
): readonly OrderFragment[] =>
  terms.flatMap(({ field: name, direction }) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return [];
    return [{ ...fragment(field), direction, ...(field.nullable && { nullable: true }) }];
  });

/** A statement for every row in the order of the key, and where a row has what the row mapping does not show. */
export interface FeedFragments {
  readonly list: ListFragments;
  /** Places of the key's columns. */
  readonly key: readonly number[];
  readonly tenant?: number;
}

/** How an engine writes the parts of a feed's statement. */
export interface FeedSql {
  readonly column: (field: FieldIr) => string;
  /** The select list with further expressions, and what it is from. */
  readonly select: (hidden: readonly string[]) => string;
  readonly where: readonly string[];
  readonly order: (terms: readonly OrderTerm[]) => readonly OrderFragment[];
}

/** Key and tenant are selected after the row's columns where those do not have them. */
export function feedFragmentsOf(entity: EntityIr, sql: FeedSql): FeedFragments {
  const shown = visibleFields(entity);
  const hidden: string[] = [];
  const placeOf = (field: FieldIr): number => {
    const place = shown.findIndex(({ name }) => name === field.name);
    return place >= 0 ? place : rowLength(entity) + hidden.push(sql.column(field)) - 1;
  };
  const key = entity.key.map(placeOf);
  const tenant = entity.tenant === undefined ? undefined : placeOf(entity.tenant);
  const terms = entity.key.map(({ name }) => ({ field: name, direction: "asc" as const }));
  return {
    list: {
      select: sql.select(hidden),
      where: sql.where,
      optional: [],
      order: sql.order(terms),
      fixed: [],
      parts: [],
    },
    key,
    ...(tenant === undefined ? {} : { tenant }),
  };
}
