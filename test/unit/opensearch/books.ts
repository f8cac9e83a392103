/** A spec whose search and similarity views lie on this engine, and the changes of it that tests make. */
import { planner } from "../../../src/engines/opensearch/schema/planner.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { parsePart, printSnapshot } from "../../../src/migrate/snapshot-files.ts";
import type { PlannedChange, Snapshot } from "../../../src/migrate/step.ts";
import type { MigrationStep } from "../../../templates/engines/opensearch/migration-step.ts";
import { version } from "../compat/versions.ts";

/** The text needs tolerance of typing errors, and its fusion with the vectors keeps both in one store. */
export const books = `version: 1
project: books
stores: { hosting: self-managed, running: [postgres, opensearch] }
entities:
  Book:
    timestamps: false
    version: true
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
      body: { type: text }
      genre: { type: enum, values: [poetry, prose], nullable: true }
      tags: { type: array, of: string, max: 20 }
      sold: { type: bigint }
      price: { type: decimal, precision: 8, scale: 2 }
      printed: { type: date, nullable: true }
      embedding: { type: vector, dimensions: 8, metric: cosine, nullable: true }
workloads:
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {}, add: { op: insert } } }
  book-search:
    kind: search
    from: Book
    language: english
    requires: [typo-tolerance]
    fields: { title: { weight: 3 }, body: {}, tags: { facet: true }, sold: { facet: true } }
    access:
      find: { text: [title, body], filter: [title, price.range], facets: [tags, sold], highlight: true, page: keyset }
  similar-books:
    kind: vector
    from: Book
    field: embedding
    access: { nearest: { filter: [genre], hybridWith: book-search } }
`;

export function storeOf(spec: string): StoreIr {
  const store = version(spec).ir.stores.find(({ engine }) => engine === "opensearch");
  if (store === undefined) throw new Error("the spec's views are not on this engine");
  return store;
}

/** A snapshot as it comes back from disk: with its keys sorted. */
export function stored(snapshot: Snapshot): Snapshot {
  return new Map(
    [...printSnapshot("search", "opensearch", snapshot).values()].map((text) => {
      const part = parsePart(text);
      if ("damage" in part) throw new Error(part.damage);
      return [part.part, part.content];
    }),
  );
}

export const snapshotOf = (spec: string): Snapshot => planner.snapshot(storeOf(spec), "books");

/** The change from one spec to another, the first as its snapshot was stored; without one, from nothing. */
export function changed(before: string | undefined, after: string): PlannedChange {
  const from = before === undefined ? new Map() : stored(snapshotOf(before));
  return planner.diff(from, snapshotOf(after), {
    store: storeOf(after),
    project: "books",
    mode: "split",
    values: {},
  });
}

export const commandsOf = (text: string): readonly MigrationStep[] =>
  JSON.parse(text) as readonly MigrationStep[];
