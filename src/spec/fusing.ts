import type { Predicate } from "./model.ts";

/** Whether a search can be narrowed in the same ways as a vector query, which both must be to be fused from two stores. */
export const filtersBy = (
  search: { readonly filter: readonly Predicate[] },
  filter: readonly Predicate[],
): boolean =>
  filter.every(({ field, operator }) =>
    search.filter.some((other) => other.field === field && other.operator === operator),
  );

/** Whether one of the methods of a text search can be fused with a vector query of another store. */
export const canFuseApart = (
  methods: readonly { readonly filter: readonly Predicate[] }[],
  filter: readonly Predicate[],
): boolean => methods.some((method) => filtersBy(method, filter));
