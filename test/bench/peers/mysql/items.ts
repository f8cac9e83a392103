/** What both contenders read and write. */
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

export const anyItem = (): NewRow => itemRow(Math.floor(Math.random() * stored));

/** @throws when a contender does not give what is stored */
export const prove = (found: unknown): void => {
  if (!JSON.stringify(found).includes("Left at the door, number 3 of many"))
    throw new Error(`get gave ${JSON.stringify(found)}`);
};
