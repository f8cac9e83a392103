import { uuidV7 } from "../../../../templates/runtime/uuid.ts";

/** What both MongoDB contenders read and write. */
export interface NewItem {
  readonly id: string;
  readonly customerId: string;
  readonly status: "new";
  readonly placedAt: Date;
  readonly totalCents: number;
  readonly note: string;
  readonly tags: readonly string[];
}

export const itemId = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

const stored = 500;

export const anyItemId = (): string => itemId(Math.floor(Math.random() * stored));

export const customerId = itemId(7);

/** A customer with so many items is listed; all others belong to somebody else. */
const listed = 50;
const listedIds: ReadonlySet<string> = new Set(
  Array.from({ length: listed }, (_, index) => itemId(index)),
);

export const itemOf = (id: string): NewItem => ({
  id,
  customerId: listedIds.has(id) ? customerId : itemId(8),
  status: "new",
  placedAt: new Date(Date.UTC(2026, 0, 1)),
  totalCents: 4_200,
  note: "Left at the door, one of many that look alike",
  tags: ["fragile", "gift"],
});

/** A page of a list. */
export const pageSize = 20;

/** So many new items at once. */
export const bulk = (): readonly NewItem[] => Array.from({ length: 500 }, () => itemOf(uuidV7()));

/** One call after the other: the emulator has one transaction at a time. */
export function inTurn<T>(call: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const turn = last.then(call);
    last = turn.catch(() => {});
    return turn;
  };
}

/** Stores what is read later; @throws when it does not come back */
export async function prove(
  get: (id: string) => Promise<unknown>,
  add: (item: NewItem) => Promise<unknown>,
  first: boolean,
): Promise<void> {
  if (first) for (let index = 0; index < stored; index += 1) await add(itemOf(itemId(index)));
  const found = JSON.stringify(await get(itemId(3)));
  if (!found.includes("Left at the door")) throw new Error(`get gave ${found}`);
}
