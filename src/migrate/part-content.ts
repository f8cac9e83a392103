import { hash } from "node:crypto";
import { sorted } from "../reconcile/record.ts";

/**
 * A part of a snapshot in the one form in which two that say the same are equal: keys sorted, and what has a name in a list (columns,
 * constraints, indexes) in the order of the names. Two branches that each add a column merge in either order, and that of a text is no
 * matter of the store. The order of a list of plain values (columns of a key) means something, and stays.
 */
export const plainContent = (content: unknown): unknown => named(sorted(content));

/** In a copy, where anything moves: what is sorted already is the caller's own. */
function named(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = unlessSame(value, value.map(named));
    return items.length > 1 && items.every(hasName) ? items.toSorted(byName) : items;
  }
  const values = Object.values(value);
  const items = unlessSame(values, values.map(named));
  if (items === values) return value;
  return Object.fromEntries(Object.keys(value).map((key, at) => [key, items[at]]));
}

const unlessSame = (before: readonly unknown[], now: readonly unknown[]): readonly unknown[] =>
  now.every((item, at) => item === before[at]) ? before : now;

interface Named {
  readonly name: string;
}

/** Overloaded functions share a name. */
const byName = (a: Named, b: Named): number =>
  a.name === b.name ? compared(JSON.stringify(a), JSON.stringify(b)) : compared(a.name, b.name);

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const hasName = (value: unknown): value is Named =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";

/** Tells two contents of a part apart by what they say. */
export const sealOfPart = (content: unknown): string =>
  hash("sha1", JSON.stringify(plainContent(content)));
