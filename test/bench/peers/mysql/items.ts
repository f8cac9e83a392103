/** What both contenders read and write. */
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";

export type Status = "new" | "paid" | "shipped";

export interface NewRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: Status;
  readonly placedAt: Date;
  readonly totalCents: number;
  readonly note: string;
}

/** Rows of `items`; they stay as they are during a run. */
export const stored = 5_000;
export const pageItems = 20;

export const itemId = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

const statuses: readonly Status[] = ["new", "paid", "shipped"];
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

/** Rows of a bulk insert, with keys of their own. */
export const bulk = (): readonly NewRow[] =>
  Array.from({ length: 500 }, (_, index) => ({ ...itemRow(index), id: uuidV7() }));

/** A word of one row's note: three digits at least, shorter ones are not in the index. */
export const anyWord = (): string => String(100 + Math.floor(Math.random() * (stored - 100)));

export const anyItem = (): NewRow => itemRow(Math.floor(Math.random() * stored));

/** @throws when a contender does not give what is stored */
export const prove = (found: unknown): void => holds("number 3 of many", found);

/** @throws when a search for 103 does not give the row that has it */
export const proveFound = (found: unknown): void => holds("number 103 of many", found);

function holds(text: string, found: unknown): void {
  if (!JSON.stringify(found).includes(text)) throw new Error(`found ${JSON.stringify(found)}`);
}
