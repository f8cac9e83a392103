// Runtime of async-db-starter 0.1.0, sha256 e19298064a910437; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { fits, inOrder, type Order, refused } from "./comparing.ts";

/** A part of a list, as every paged method gives it. */
export interface Part<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PartRequest {
  readonly limit?: number;
  readonly after?: string;
}

/** How a row is known. */
export interface Keyed<Row, Key> {
  readonly key: (row: Row) => Key;
  /** A key that no row has. */
  readonly missing: Key;
}

/** Each row is found under its own key, and nothing under a key that is not there. */
export async function checkGet<Row, Key>(
  { key, missing }: Keyed<Row, Key>,
  {
    rows,
    get,
  }: { readonly rows: readonly Row[]; readonly get: (key: Key) => Promise<Row | undefined> },
): Promise<void> {
  assert.ok(rows.length > 1, "too few rows to tell one from another");
  for (const row of rows) assert.deepEqual(await get(key(row)), row);
  assert.equal(await get(missing), undefined);
}

/** Rows come in the order of their keys, whatever that is; a key that is not there is left out. */
export async function checkGetMany<Row, Key>(
  { key, missing }: Keyed<Row, Key>,
  {
    rows,
    getMany,
  }: {
    readonly rows: readonly Row[];
    readonly getMany: (keys: readonly Key[]) => Promise<readonly Row[]>;
  },
): Promise<void> {
  const [one, ...others] = rows;
  assert.ok(one !== undefined && others.length > 0, "too few rows to tell their order");
  for (const wanted of [rows, rows.toReversed(), [...others, one]]) {
    const keys = wanted.map(key);
    assert.deepEqual(await getMany([...keys.slice(0, 1), missing, ...keys.slice(1)]), wanted);
  }
  assert.deepEqual(await getMany([]), []);
}

/** What a list is expected to give, and how it is asked. */
export interface ListCase<Row, Filter> {
  readonly rows: readonly Row[];
  /** Filters made of what one row holds. */
  readonly filters: (row: Row) => readonly Filter[];
  readonly order: Order;
}

/** For filters from every row: exactly the rows that fit, in order. */
export async function checkList<Row extends object, Filter extends object>({
  rows,
  filters,
  order,
  list,
}: ListCase<Row, Filter> & {
  readonly list: (filter: Filter) => Promise<readonly Row[]>;
}): Promise<void> {
  for (const filter of rows.flatMap(filters)) {
    assert.deepEqual(await list(filter), inOrder(rowsThatFit(rows, filter), order));
  }
}

/** The same for a list that comes in parts, whatever their size. */
export async function checkPages<Row extends object, Filter extends object>(
  listed: ListCase<Row, Filter> & {
    readonly page: (filter: Filter, part: PartRequest) => Promise<Part<Row>>;
  },
): Promise<void> {
  const { rows, filters, order, page } = listed;
  await checkList({
    ...listed,
    list: async (filter) => (await page(filter, { limit: 1000 })).items,
  });
  for (const filter of rows.slice(0, 1).flatMap(filters)) {
    await checkParts(inOrder(rowsThatFit(rows, filter), order), (part) => page(filter, part));
  }
}

const rowsThatFit = <Row extends object>(rows: readonly Row[], filter: object): readonly Row[] =>
  rows.filter((row) => fits(row, filter));

/** Nobody but the tenant that wrote them sees or changes these rows. */
export async function checkHidden<Row>({
  rows,
  reads,
  writes,
}: {
  readonly rows: readonly Row[];
  readonly reads: readonly ((row: Row) => Promise<unknown>)[];
  readonly writes: readonly ((row: Row) => Promise<unknown>)[];
}): Promise<void> {
  for (const row of rows) {
    for (const read of reads) assert.ok(isNothing(await read(row)), "another tenant's row is seen");
    for (const write of writes) await refused("not-found", () => write(row));
  }
}

const isNothing = (answer: unknown): boolean =>
  answer === undefined ||
  (Array.isArray(answer) && answer.length === 0) ||
  (typeof answer === "object" && answer !== null && "items" in answer && isNothing(answer.items));

/** Parts of one, two and three follow each other without a gap and without a row twice. */
export async function checkParts<T>(
  expected: readonly T[],
  page: (part: PartRequest) => Promise<Part<T>>,
): Promise<void> {
  for (const limit of [1, 2, 3]) {
    const items: T[] = [];
    let after: string | undefined;
    for (let parts = 0; parts <= expected.length; parts += 1) {
      const part = await page({ limit, ...(after === undefined ? {} : { after }) });
      assert.ok(
        part.items.length <= limit,
        `${part.items.length} items where ${limit} were asked for`,
      );
      items.push(...part.items);
      after = part.next;
      if (after === undefined) break;
    }
    assert.deepEqual(items, expected, `in parts of ${limit}`);
  }
}

/** The row of a list that has this key. */
export const withKey = <Row, Key>(
  key: Key,
  keyOf: (row: Row) => Key,
  rows: readonly Row[],
): Row | undefined => rows.find((row) => isDeepStrictEqual(keyOf(row), key));
