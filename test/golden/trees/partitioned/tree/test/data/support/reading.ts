// Runtime of async-db-starter 0.1.0, sha256 bb2f1b8d6ace6d71; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { fits, inOrder, type Nulls, orderOf, refused, valueOf } from "./comparing.ts";
import { type Call, partOf, type Subject } from "./subject.ts";

/** A part of a list, as every paged method gives it. */
export interface Part<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface PartRequest {
  readonly limit?: number;
  readonly after?: string;
}

/** Each row is found under its own key, and nothing under a key that is not there. */
export async function checkGet(
  { keyOf, missing }: Subject,
  rows: readonly object[],
  get: Call,
): Promise<void> {
  assert.ok(rows.length > 1, "too few rows to tell one from another");
  for (const row of rows) assert.deepEqual(await get(keyOf(row)), row);
  assert.equal(await get(missing), undefined);
}

/** Rows come in the order of their keys, whatever that is; a key that is not there is left out. */
export async function checkGetMany(
  { keyOf, missing }: Subject,
  rows: readonly object[],
  getMany: Call,
): Promise<void> {
  const [one, ...others] = rows;
  assert.ok(one !== undefined && others.length > 0, "too few rows to tell their order");
  for (const wanted of [rows, rows.toReversed(), [...others, one]]) {
    const keys = wanted.map(keyOf);
    assert.deepEqual(await getMany([...keys.slice(0, 1), missing, ...keys.slice(1)]), wanted);
  }
  assert.deepEqual(await getMany([]), []);
}

/** One property of a filter: equal to a value (`status`), holding it (`tags.has`), or between two (`placedAt.range`). */
export type Predicate = string;

/** What a list can be asked for. */
export interface Filtered {
  readonly where?: readonly Predicate[];
  readonly optional?: readonly Predicate[];
}

/** A list with its order: `-placedAt` descends. */
export interface Listed extends Filtered {
  readonly order: readonly string[];
  readonly nulls?: Nulls;
}

type Parts = readonly [property: string, operator: string];

const partsOf = (predicate: Predicate): Parts => {
  const [property = "", operator = "eq"] = predicate.split(".");
  return [property, operator];
};

export const isFiltered = ({ where = [], optional = [] }: Filtered): boolean =>
  where.length + optional.length > 0;

/**
 * Filters made of what one row holds: each required value with each optional one alone, both ends of each range apart and together,
 * then everything at once. None for a row that has null where a filter needs a value.
 */
export function filtersFrom(row: object, filtered: Filtered): object[] {
  const where = (filtered.where ?? []).map(partsOf);
  const optional = (filtered.optional ?? []).map(partsOf);
  const all = [...where, ...optional];
  const value = (property: string): unknown => valueOf(row, property);
  if (all.some(([property]) => isMissing(value(property)))) return [];
  const whole = ([property, operator]: Parts): object => ({
    [property]: wanted(operator, value(property)),
  });
  const base = Object.assign({}, ...where.map(whole));
  const ends = all.flatMap(([property, operator]) =>
    operator === "range"
      ? [{ [property]: { min: value(property) } }, { [property]: { max: value(property) } }]
      : [],
  );
  const singles = optional.filter(([, operator]) => operator !== "range").map(whole);
  const required = where.some(([, operator]) => operator === "range") ? [] : [base];
  const several = optional.length > 1 || ends.length > 0;
  return [
    ...required,
    ...[...ends, ...singles].map((one) => ({ ...base, ...one })),
    ...(several ? [Object.assign({}, base, ...optional.map(whole))] : []),
  ];
}

const isMissing = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.length === 0);

function wanted(operator: string, value: unknown): unknown {
  if (operator === "range") return { min: value, max: value };
  return operator === "has" && Array.isArray(value) ? value[0] : value;
}

/** For filters from every row: exactly the rows that fit, in order. */
export async function checkList(
  rows: readonly object[],
  listed: Listed,
  list: Call,
): Promise<void> {
  const order = orderOf(listed.order);
  for (const filter of rows.flatMap((row) => filtersFrom(row, listed))) {
    const found = isFiltered(listed) ? await list(filter) : await list();
    assert.deepEqual(found, inOrder(rowsThatFit(rows, filter), order, listed.nulls));
  }
}

/** The same for a list that comes in parts, whatever their size. */
export async function checkPages(
  rows: readonly object[],
  listed: Listed,
  page: Call,
): Promise<void> {
  const ask = async (filter: unknown, part: PartRequest): Promise<Part<object>> =>
    partOf(isFiltered(listed) ? await page(filter, part) : await page(part));
  await checkList(rows, listed, async (filter) => (await ask(filter, { limit: 1000 })).items);
  for (const filter of rows.slice(0, 1).flatMap((row) => filtersFrom(row, listed))) {
    const expected = inOrder(rowsThatFit(rows, filter), orderOf(listed.order), listed.nulls);
    await checkParts(expected, (part) => ask(filter, part));
  }
}

export const rowsThatFit = (rows: readonly object[], filter: object): readonly object[] =>
  rows.filter((row) => fits(row, filter));

/** Nobody but the tenant that wrote them sees or changes these rows. */
export async function checkHidden(
  rows: readonly object[],
  reads: readonly ((row: object) => Promise<unknown>)[],
  writes: readonly ((row: object) => Promise<unknown>)[],
): Promise<void> {
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
