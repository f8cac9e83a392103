import type { GroupTerm, OrderTerm, Predicate } from "./model.ts";

/** Terms of access patterns: `placedAt.range`, `placedAt.day`, `-placedAt`. */

export const groupUnits = ["hour", "day", "week", "month", "year"] as const;

/** The field a term speaks of, and its suffix without the dot (empty when there is none). */
export function splitTerm(term: string): { readonly field: string; readonly suffix: string } {
  const dot = term.indexOf(".");
  return dot < 0
    ? { field: term, suffix: "" }
    : { field: term.slice(0, dot), suffix: term.slice(dot + 1) };
}

export function predicate(term: string): Predicate {
  const { field, suffix } = splitTerm(term);
  return { field, operator: suffix === "range" ? "range" : "eq" };
}

export function orderTerm(term: string): OrderTerm {
  return term.startsWith("-")
    ? { field: term.slice(1), direction: "desc" }
    : { field: term, direction: "asc" };
}

export function groupTerm(term: string): GroupTerm {
  const { field, suffix } = splitTerm(term);
  const unit = groupUnits.find((known) => known === suffix);
  return unit === undefined ? { field } : { field, unit };
}

/** `"customerId -> tenantId"`; undefined when it is not of that form. */
export function dependency(
  text: string,
): { readonly determinant: readonly string[]; readonly dependent: readonly string[] } | undefined {
  const sides = text.split("->");
  const [left, right] = sides;
  if (sides.length !== 2 || left === undefined || right === undefined) return undefined;
  const names = (side: string): readonly string[] => side.split(",").map((name) => name.trim());
  const found = { determinant: names(left), dependent: names(right) };
  return [...found.determinant, ...found.dependent].every((name) => name !== "")
    ? found
    : undefined;
}
