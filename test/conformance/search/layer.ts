/** The generated data layer of `workloads.yaml`, as the suite uses it. */

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
