/** What every layer over PostgreSQL is asked to do. */

export type Status = "new" | "paid" | "shipped";

/** A row as each layer shows it: the same eight columns, whatever it calls them. */
export interface NewRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: Status;
  readonly placedAt: Date;
  readonly totalCents: number;
  readonly note: string;
}

/** Where a page begins: after this row of the order (placed_at, id). */
export interface After {
  readonly status: Status;
  readonly placedAt: Date;
  readonly id: string;
}

export interface Contender {
  /** The row of `items` with this key. */
  find(id: string): Promise<unknown>;
  /** The 20 rows of `items` after this one, and whether there are more: which takes a 21st. */
  page(after: After): Promise<unknown>;
  /** One row into `entries`; gives the row as stored. */
  insert(row: NewRow): Promise<unknown>;
  close(): Promise<void>;
}

export interface Place {
  readonly dsn: string;
  /** Connections that a layer may hold. */
  readonly connections: number;
}

export type OpenContender = (place: Place) => Promise<Contender>;

export const pageRows = 21;

/** The key of a row of `items`, by its number. */
export const itemId = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

export const statuses: readonly Status[] = ["new", "paid", "shipped"];

const firstMs = Date.UTC(2026, 0, 1);

/** The same row for every process that asks for it. */
export const itemRow = (index: number): NewRow => ({
  id: itemId(index),
  customerId: itemId(index % 1_000),
  status: statuses[index % statuses.length] ?? "new",
  placedAt: new Date(firstMs + index * 60_000),
  totalCents: (index * 37) % 100_000,
  note: `Left at the door, number ${index} of many that look alike`,
});
