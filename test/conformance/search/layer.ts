/** The generated data layer of `workloads.yaml`, as the suite uses it. */
import { copyRemoval, copyRows, type OpenedApart } from "../apart.ts";

export interface Book {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly cents: number;
}

interface Hit {
  readonly item: Book;
  readonly score: number;
  readonly highlights: { readonly title?: string; readonly body?: string };
}

interface Hits {
  readonly items: readonly Hit[];
  readonly next?: string;
}

interface Count {
  readonly value: string;
  readonly count: number;
}

interface Counted extends Hits {
  readonly facets: { readonly genre: readonly Count[]; readonly tags: readonly Count[] };
}

export interface SearchLayer {
  readonly books: {
    add(book: object): Promise<Book>;
    addAll(books: readonly object[]): Promise<readonly Book[]>;
    revise(id: string, patch: object): Promise<Book>;
    remove(id: string): Promise<void>;
  };
  readonly bookSearch: {
    find(query: string, filter: object, page: object): Promise<Hits>;
    count(query: string, filter: object, page: object): Promise<Counted>;
  };
  close(): Promise<void>;
}

const ofBooks = ["bookSearch"];

/** The layer whose view lies apart: what is written is copied to it before the write is told to be done. */
export function copying(opened: OpenedApart<SearchLayer>): SearchLayer {
  const { data } = opened;
  const { books } = data;
  return Object.assign(Object.create(data) as SearchLayer, {
    books: {
      add: async (book: object) => {
        const added = await books.add(book);
        await copyRows(opened, ofBooks, [added]);
        return added;
      },
      addAll: async (all: readonly object[]) => {
        const added = await books.addAll(all);
        await copyRows(opened, ofBooks, added);
        return added;
      },
      revise: async (id: string, patch: object) => {
        const revised = await books.revise(id, patch);
        await copyRows(opened, ofBooks, [revised]);
        return revised;
      },
      remove: async (id: string) => {
        await books.remove(id);
        await copyRemoval(opened, ofBooks, id);
      },
    },
  });
}
