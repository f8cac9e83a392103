/** What both contenders search and write: texts of a few hundred words. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly cents: number;
  readonly placedAt: Date;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Documents of the view; a write replaces one of them by the same text. */
export const stored = 20_000;
export const pageItems = 20;
export const bulkItems = 500;

const syllables = ["ka", "lo", "mi", "ren", "tu", "ves", "po", "dra", "sin", "ob"];
const words = syllables.flatMap((a) =>
  syllables.flatMap((b) => ["t", "na", "k"].map((c) => `${a}${b}${c}`)),
);
const wordAt = (index: number): string => words[index % words.length] ?? "";
const moment = new Date(Date.UTC(2026, 0, 1));

export const itemId = (index: number): string =>
  `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;

/** The same document for every process that asks for it. */
export const itemOf = (index: number): Item => ({
  id: itemId(index),
  title: `${wordAt(index * 7)} ${wordAt(index * 11 + 3)} ${wordAt(index * 13 + 5)}`,
  body: Array.from({ length: 30 }, (_, at) => wordAt(index * 17 + at * at)).join(" "),
  cents: (index * 37) % 100_000,
  placedAt: new Date(moment.getTime() + index * 60_000),
  version: 1,
  createdAt: moment,
  updatedAt: moment,
});

export const anyIndex = (): number => Math.floor(Math.random() * stored);
export const anyQuery = (): string => wordAt(Math.floor(Math.random() * words.length));
/** Asked for by pages: found in many documents. */
export const commonQuery = wordAt(17);

let last = BigInt(Date.now()) * 1_000n;
/** Above every revision that was given before, also by another contender. */
export const nextRevision = (): bigint => {
  const now = BigInt(Date.now()) * 1_000n;
  last = now > last ? now : last + 1n;
  return last;
};

let turn = 0;
/** Callers take turns: no two write the same documents at a time. */
export const someItems = (): readonly Item[] => {
  const first = (turn * bulkItems) % stored;
  turn += 1;
  return Array.from({ length: bulkItems }, (_, at) => itemOf(first + at));
};

export const changeOf = (item: Item) =>
  ({ kind: "upsert", key: item.id, revision: nextRevision(), item }) as const;

/** @throws when a contender does not find what is stored */
export const prove = (found: unknown): void => {
  if (!JSON.stringify(found).includes(commonQuery))
    throw new Error(`search gave ${JSON.stringify(found)}`);
};
