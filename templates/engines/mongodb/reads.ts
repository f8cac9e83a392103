import type { Document } from "mongodb";
import { programmingError } from "../../runtime/errors.ts";
import { keyset, pageLimit, pageOf } from "../../runtime/keyset.ts";
import type { Page, PageRequest } from "../../runtime/options.ts";
import { attached } from "./children.ts";
import { oneDocument, someDocuments } from "./commands.ts";
import type {
  AggregateDeclaration,
  CollectionDeclaration,
  ListDeclaration,
  MethodDeclaration,
} from "./declaration.ts";
import type { ChangeKind, HistoryDocument } from "./history.ts";
import { afterFilter, cursorValues, sortOf } from "./page.ts";
import { keyText, owned, type Place, seen } from "./place.ts";

const unpagedLimit = 10_000;

type Of = CollectionDeclaration<unknown>;
type List = ListDeclaration<unknown>;

export function findOne(place: Place, of: Of, key: unknown): Promise<Document | null> {
  const found = oneDocument(place, of.collection, seen(place, of, { _id: key }));
  if (of.children === undefined) return found;
  return found.then(async (root) =>
    root === null ? null : ((await attached(place, of, [root]))[0] ?? root),
  );
}

export async function findKeys(
  place: Place,
  of: Of,
  keys: readonly unknown[],
): Promise<readonly Document[]> {
  if (keys.length === 0) return [];
  const filter = seen(place, of, { _id: { $in: keys } });
  const roots = await someDocuments(place, of.collection, { filter, limit: keys.length });
  const found = await attached(place, of, roots);
  const byKey = new Map(found.map((document) => [keyText(document["_id"]), document]));
  return keys.flatMap((key) => byKey.get(keyText(key)) ?? []);
}

/** @throws DataError programming for a cursor of another list, or of other filters */
export async function findPage(
  place: Place,
  { operation, order, of }: List,
  filter: Document,
  page: PageRequest,
): Promise<Page<Document>> {
  const { limit: wanted, after } = pageOf(operation, page);
  const limit = pageLimit(operation, wanted);
  const cursors = keyset(operation, JSON.stringify(order), order.length);
  const answer = [place.tenant, filter];
  const part =
    after === undefined
      ? filter
      : { $and: [filter, afterFilter(cursors.decode(after, answer), order)] };
  const documents = await find(place, of, part, sortOf(order), limit + 1);
  const roots = documents.slice(0, limit);
  const last = roots.at(-1);
  const items = await attached(place, of, roots);
  if (documents.length <= limit || last === undefined) return { items };
  return { items, next: cursors.encode(cursorValues(last, order), answer) };
}

/** @throws DataError programming when there are more than 10,000 */
export async function findAll(
  place: Place,
  { of, order }: List,
  filter: Document,
): Promise<readonly Document[]> {
  const documents = await find(place, of, filter, sortOf(order), unpagedLimit + 1);
  if (documents.length <= unpagedLimit) return attached(place, of, documents);
  throw programmingError("more than 10,000 documents", {
    hint: "declare the list with page: keyset",
  });
}

const find = (
  place: Place,
  of: Of,
  filter: Document,
  sort: Record<string, 1 | -1>,
  limit: number,
): Promise<Document[]> =>
  someDocuments(place, of.collection, { filter: seen(place, of, filter), sort, limit });

export async function aggregated<E, R>(
  place: Place,
  { of, group, sort, measures, empty }: AggregateDeclaration<E, R>,
  filter: Document,
): Promise<readonly Document[]> {
  const pipeline: Document[] = [
    { $match: seen(place, of, filter) },
    { $group: { ...measures, _id: group } },
    ...(empty === undefined ? [{ $sort: sort }, { $limit: unpagedLimit + 1 }] : []),
  ];
  const rows = await place.collections
    .of(of.collection)
    .aggregate(pipeline, place.limits)
    .toArray();
  if (rows.length > unpagedLimit) {
    throw programmingError("more than 10,000 groups", {
      hint: "ask for less at a time: give the aggregate's filter a narrower range, or declare one with where or optional fields",
    });
  }
  return rows.length === 0 && empty !== undefined ? [empty] : rows;
}

/** One change of one document. */
export interface Revision<E> {
  readonly change: ChangeKind;
  readonly changedAt: Date;
  /** As it was after the change; before it, for a delete. */
  readonly state: E;
}

const newestFirst = [{ property: "revision", direction: "desc" }] as const;

export async function historyPage<E>(
  place: Place,
  { operation, of }: MethodDeclaration<E>,
  key: unknown,
  page: PageRequest,
): Promise<Page<Revision<E>>> {
  const past = pastOf(of);
  const list = { operation, effect: "read", of: past, order: newestFirst } as const;
  const { items, next } = await findPage(place, list, { key }, page);
  const revisions = items.map((item) => {
    const { change, at, state } = item as unknown as HistoryDocument;
    return { change, changedAt: new Date(at), state: of.decode(state) };
  });
  return next === undefined ? { items: revisions } : { items: revisions, next };
}

export async function stateAt<E>(
  place: Place,
  of: CollectionDeclaration<E>,
  key: unknown,
  at: unknown,
): Promise<Document | undefined> {
  const past = pastOf(of);
  const found = await place.collections
    .of(past.collection)
    .findOne(owned(place, past, { key, at: { $lte: at } }), {
      ...place.limits,
      sort: { revision: -1 },
    });
  const last = found as unknown as HistoryDocument | null;
  return last === null || last.change === "delete" ? undefined : last.state;
}

/** The history as a collection of its own: it belongs to the same tenants, and nothing in it is deleted. */
function pastOf<E>({
  history,
  tenant,
  entity,
  decode,
  keyText: text,
}: CollectionDeclaration<E>): Of {
  if (history === undefined) throw programmingError(`${entity} has no history`);
  return { collection: history, entity, decode, keyText: text, ...(tenant && { tenant }) } as Of;
}
