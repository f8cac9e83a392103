import type { Document } from "mongodb";
import type { ChildDeclaration, CollectionDeclaration } from "./declaration.ts";
import { programmingError } from "../../runtime/errors.ts";
import { keyText, type Place } from "./place.ts";

type Of = Pick<CollectionDeclaration<unknown>, "children">;

/** A document without the lists that are kept beside it, and those lists. */
export function split(
  { children = [] }: Of,
  document: Document,
): {
  readonly root: Document;
  readonly lists: readonly (readonly [ChildDeclaration, readonly Document[]])[];
} {
  if (children.length === 0) return { root: document, lists: [] };
  const apart = new Set(children.map(({ property }) => property));
  const root = Object.fromEntries(Object.entries(document).filter(([name]) => !apart.has(name)));
  const lists = children.map(
    (child) => [child, (document[child.property] ?? []) as readonly Document[]] as const,
  );
  return { root, lists };
}

/** The documents with the lists that are kept beside them. */
export async function attached(
  place: Place,
  { children = [] }: Of,
  documents: readonly Document[],
): Promise<readonly Document[]> {
  if (children.length === 0 || documents.length === 0) return documents;
  const keys = documents.map(({ _id }) => _id as unknown);
  const lists = new Map<string, Map<string, Document[]>>();
  // One after the other: a session has one command at a time.
  for (const child of children) lists.set(child.property, await byOwner(place, child, keys));
  return documents.map((document) => ({
    ...document,
    ...Object.fromEntries(
      children.map(({ property }) => [
        property,
        lists.get(property)?.get(keyText(document["_id"])) ?? [],
      ]),
    ),
  }));
}

async function byOwner(
  place: Place,
  { collection, owner, order }: ChildDeclaration,
  keys: readonly unknown[],
): Promise<Map<string, Document[]>> {
  const sort = Object.fromEntries([owner, ...order].map((property) => [property, 1 as const]));
  const found = await place.collections
    .of(collection)
    .find({ [owner]: { $in: keys } }, { ...place.limits, sort })
    .toArray();
  return Map.groupBy(found, (document) => keyText(document[owner]));
}

/** Puts the lists of new or replaced roots in the place of what was there. */
export async function replaceLists(
  place: Place,
  of: Of,
  documents: readonly Document[],
  fresh: boolean,
): Promise<void> {
  for (const document of documents) {
    for (const [{ collection, owner }, list] of split(of, document).lists) {
      const where = place.collections.of(collection);
      const key: unknown = document["_id"];
      if (!fresh) await where.deleteMany({ [owner]: key }, place.limits);
      if (list.length > 0)
        await where.insertMany(
          list.map((one) => ({ ...one, [owner]: key })),
          place.limits,
        );
    }
  }
}

/** Removes the lists of a root. */
export async function removeLists(
  place: Place,
  { children = [] }: Of,
  key: unknown,
): Promise<void> {
  for (const { collection, owner } of children)
    await place.collections.of(collection).deleteMany({ [owner]: key }, place.limits);
}

/**
 * Owned children in the order of their own key, which is the order in which every store of this data layer gives them back.
 *
 * @throws DataError programming where two have one key: no index of the server tells the children of one document apart
 */
export function inOrder<T extends object>(
  children: readonly T[],
  key: readonly (keyof T)[],
): readonly T[] {
  const compare = (a: T, b: T): number => {
    for (const property of key) {
      if (a[property] < b[property]) return -1;
      if (a[property] > b[property]) return 1;
    }
    return 0;
  };
  const sorted = children.toSorted(compare);
  const twice = sorted.some((child, at) => {
    const before = sorted[at - 1];
    return (
      before !== undefined && key.every((property) => isSame(before[property], child[property]))
    );
  });
  if (!twice) return sorted;
  throw programmingError(`two children have one key (${key.join(", ")})`, {
    hint: "give each child of a root a key of its own",
  });
}

/** A key that is still to be made is nobody's. */
const isSame = (a: unknown, b: unknown): boolean =>
  a !== undefined &&
  (a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : a === b);
