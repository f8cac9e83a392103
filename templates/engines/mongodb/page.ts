import { BSON, type Document } from "mongodb";
import type { OrderTerm } from "./declaration.ts";

type Order = readonly OrderTerm[];

/** `{ placedAt: -1, _id: 1 }` */
export function sortOf(order: Order): Record<string, 1 | -1> {
  return Object.fromEntries(
    order.map(({ property, direction }) => [property, direction === "asc" ? 1 : -1]),
  );
}

/** The order's values of a document, as canonical Extended JSON, so that a cursor keeps every BSON type. */
export function cursorValues(document: Document, order: Order): string[] {
  return order.map(({ property }) =>
    BSON.EJSON.stringify({ v: valueAt(document, property) ?? null }, { relaxed: false }),
  );
}

/** Documents that come after the cursor's: equal in the first terms, beyond in the next. */
export function afterFilter(values: readonly (string | null)[], order: Order): Document {
  const decoded = values.map(
    (value) => (BSON.EJSON.parse(value ?? "{}", { relaxed: false }) as { v?: unknown }).v ?? null,
  );
  const branches = order.flatMap((term, at) => {
    const beyond = beyondOf(term, decoded[at]);
    if (beyond === undefined) return [];
    const equal = order.slice(0, at).map(({ property }, index) => [property, decoded[index]]);
    return [{ ...Object.fromEntries(equal), ...beyond }];
  });
  const [only, ...more] = branches;
  if (only !== undefined && more.length === 0) return only;
  return { ...seek(order[0], decoded[0]), $or: branches };
}

/** A comparison meets values of the type of its operand only, so null needs words of its own; nothing is less than null. */
function beyondOf(
  { property, direction, nullable }: OrderTerm,
  value: unknown,
): Document | undefined {
  if (direction === "asc") return { [property]: value === null ? { $ne: null } : { $gt: value } };
  if (value === null) return undefined;
  const less = { [property]: { $lt: value } };
  return nullable === true ? { $or: [less, { [property]: null }] } : less;
}

/** A bound on the first term lets the index begin at the page; the branches alone would read it from its start. */
function seek(term: OrderTerm | undefined, value: unknown): Document {
  if (term === undefined || value === null) return {};
  if (term.direction === "asc") return { [term.property]: { $gte: value } };
  return term.nullable === true ? {} : { [term.property]: { $lte: value } };
}

function valueAt(document: Document, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document);
}
