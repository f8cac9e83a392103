import { BSON, type Document } from "mongodb";
import type { ListDeclaration } from "./declaration.ts";

/** `{ placedAt: -1, _id: 1 }` */
export function sortOf(order: ListDeclaration<unknown>["order"]): Record<string, 1 | -1> {
  return Object.fromEntries(
    order.map(({ property, direction }) => [property, direction === "asc" ? 1 : -1]),
  );
}

/** The order's values of a document, as canonical Extended JSON, so that a cursor keeps every BSON type. */
export function cursorValues(
  document: Document,
  order: ListDeclaration<unknown>["order"],
): string[] {
  return order.map(({ property }) =>
    BSON.EJSON.stringify({ v: valueAt(document, property) }, { relaxed: false }),
  );
}

/** Documents that come after the cursor's: equal in the first terms, beyond in the next. */
export function afterFilter(
  values: readonly (string | null)[],
  order: ListDeclaration<unknown>["order"],
): Document {
  const decoded = values.map(
    (value) => (BSON.EJSON.parse(value ?? "{}", { relaxed: false }) as { v: unknown }).v,
  );
  const branches = order.map(({ property, direction }, at) => ({
    ...Object.fromEntries(order.slice(0, at).map((term, index) => [term.property, decoded[index]])),
    [property]: { [direction === "asc" ? "$gt" : "$lt"]: decoded[at] },
  }));
  return { $or: branches };
}

function valueAt(document: Document, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Document | undefined)?.[name], document);
}
