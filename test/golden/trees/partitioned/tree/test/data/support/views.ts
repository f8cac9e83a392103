// Runtime of async-db-starter 0.1.0, sha256 5560a24fe4f6dde8; a fix comes with a newer version of the generator.
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { compare, fits, valueOf } from "./comparing.ts";
import { checkParts, type Part, type PartRequest } from "./reading.ts";

interface Hit<Row> {
  readonly item: Row;
  readonly score: number;
  readonly highlights?: Readonly<Record<string, string | undefined>>;
}

interface Found<Row> extends Part<Hit<Row>> {
  readonly facets?: Readonly<
    Record<string, readonly { readonly value: unknown; readonly count: number }[]>
  >;
}

/** A search over rows whose texts are known. */
export interface SearchCase<Row, Filter> {
  readonly rows: readonly Row[];
  readonly key: (row: Row) => unknown;
  readonly filters: (row: Row) => readonly Filter[];
  /** The searched properties and the weight of each. */
  readonly weights: Readonly<Record<string, number>>;
  readonly facets: readonly string[];
  readonly highlight: boolean;
  readonly paged: boolean;
}

type Search<Row, Filter> = (
  query: string,
  filter: Filter,
  part: PartRequest,
) => Promise<Found<Row>>;

const words = (text: unknown): readonly string[] =>
  text === null || text === undefined ? [] : String(text).split(" ");

/** Finds exactly the rows that hold the word and fit the filter, best first, with marks, counts and parts. */
export async function checkSearch<Row extends object, Filter extends object>(
  wanted: SearchCase<Row, Filter> & { readonly search: Search<Row, Filter> },
): Promise<void> {
  const { rows, filters, weights, search } = wanted;
  const all = { limit: 1000 };
  const properties = Object.keys(weights);
  const holds = (row: Row, word: string): boolean =>
    properties.some((property) => words(valueOf(row, property)).includes(word));
  const [row] = rows;
  assert.ok(row !== undefined, "rows to search");
  const asked = new Set(
    rows.flatMap((one) => properties.flatMap((property) => words(valueOf(one, property)))),
  );
  for (const word of asked) {
    for (const filter of filters(row)) {
      const expected = rows.filter((one) => holds(one, word) && fits(one, filter));
      const found = await search(word, filter, all);
      checkFound(found, expected, wanted, word);
      if (wanted.paged && expected.length > 3)
        await checkParts(found.items, (part) => search(word, filter, part));
    }
  }
  for (const filter of filters(row))
    assert.deepEqual((await search("nowhere", filter, all)).items, []);
}

/** JSON knows no bigint. */
const keyText = (key: unknown): string =>
  JSON.stringify(key, (_name, part: unknown) => (typeof part === "bigint" ? String(part) : part));

function checkFound<Row extends object, Filter>(
  { items, facets }: Found<Row>,
  expected: readonly Row[],
  { key, weights, facets: counted, highlight }: SearchCase<Row, Filter>,
  word: string,
): void {
  const byKey = (a: Row, b: Row): number => compare(keyText(key(a)), keyText(key(b)));
  assert.deepEqual(items.map(({ item }) => item).toSorted(byKey), expected.toSorted(byKey), word);
  const scores = items.map(({ score }) => score);
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
    `best first for ${word}`,
  );
  checkWeights(items, weights, word);
  if (highlight) for (const hit of items) checkMarks(hit, Object.keys(weights), word);
  for (const facet of counted)
    assert.deepEqual(facets?.[facet], counts(expected, facet), `facet ${facet} for ${word}`);
}

/** Of rows that hold the word in one property each, those in the weightier property score higher. */
function checkWeights<Row extends object>(
  items: readonly Hit<Row>[],
  weights: Readonly<Record<string, number>>,
  word: string,
): void {
  const placed = items.flatMap(({ item, score }) => {
    const [property, ...more] = Object.keys(weights).filter((one) =>
      words(valueOf(item, one)).includes(word),
    );
    return property === undefined || more.length > 0
      ? []
      : [{ weight: weights[property] ?? 0, score }];
  });
  for (const heavy of placed) {
    for (const light of placed) {
      if (heavy.weight > light.weight)
        assert.ok(heavy.score > light.score, `weights are not kept for ${word}`);
    }
  }
}

/** The word is marked in the properties that hold it, and only there. */
function checkMarks<Row extends object>(
  { item, highlights = {} }: Hit<Row>,
  properties: readonly string[],
  word: string,
): void {
  for (const property of properties) {
    const held = words(valueOf(item, property)).includes(word);
    assert.equal(
      highlights[property]?.includes(`<mark>${word}</mark>`) ?? false,
      held,
      `${property} of a hit for ${word}`,
    );
  }
}

/** Rows per value, most frequent first. */
function counts(rows: readonly object[], facet: string): readonly object[] {
  const found = new Map<unknown, number>();
  for (const row of rows) {
    const value = valueOf(row, facet);
    for (const one of new Set(Array.isArray(value) ? value : [value])) {
      if (one !== null) found.set(one, (found.get(one) ?? 0) + 1);
    }
  }
  return [...found]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || compare(a.value, b.value));
}

interface Near<Row> {
  readonly item: Row;
  readonly distance: number;
}

interface Neighbour<Row> extends Near<Row> {
  readonly score: number;
}

/** A search for neighbours of known vectors. */
export interface NearestCase<Row, Filter> {
  readonly rows: readonly Row[];
  readonly field: string;
  readonly metric: "cosine" | "l2" | "ip";
  readonly probe: Float32Array;
  readonly filters: (row: Row) => readonly Filter[];
}

type Nearest<Row, Filter> = (
  probe: Float32Array,
  filter: Filter,
  options: { readonly limit?: number; readonly text?: string },
) => Promise<readonly Neighbour<Row>[]>;

/** Nearest first by the metric, only what has a vector and fits the filter, no more than asked for. */
export async function checkNearest<Row extends object, Filter extends object>(
  wanted: NearestCase<Row, Filter> & { readonly nearest: Nearest<Row, Filter> },
): Promise<void> {
  for (const filter of wanted.rows.flatMap(wanted.filters)) {
    const expected = ranked(wanted, filter);
    for (const limit of [1, 2, 100]) {
      const found = await wanted.nearest(wanted.probe, filter, { limit });
      assert.deepEqual(
        found.map(({ item }) => item),
        expected.slice(0, limit).map(({ item }) => item),
      );
      for (const [at, { distance, score }] of found.entries()) {
        const wantedDistance = expected[at]?.distance ?? Number.NaN;
        near(distance, wantedDistance);
        near(score, scores[wanted.metric](wantedDistance));
      }
    }
  }
}

const scores = {
  cosine: (distance: number) => 1 - distance,
  l2: (distance: number) => 1 / (1 + distance),
  ip: (distance: number) => -distance,
} as const;

/** Candidates of vector and text are fused by their places: 1 / (60 + place) of each, summed. Every word asked for is in one row only. */
export async function checkHybrid<Row extends object, Filter extends object>(
  wanted: NearestCase<Row, Filter> & {
    readonly nearest: Nearest<Row, Filter>;
    /** A word that no other row holds; undefined for a row without text. */
    readonly word: (row: Row) => string | undefined;
  },
): Promise<void> {
  for (const filter of wanted.rows.flatMap(wanted.filters)) {
    const places = ranked(wanted, filter);
    for (const row of wanted.rows) {
      const text = wanted.word(row);
      if (text === undefined) continue;
      for (const limit of [1, 2, 100]) {
        const expected = fused(places, row, limit);
        const found = await wanted.nearest(wanted.probe, filter, { limit, text });
        assert.equal(found.length, Math.min(limit, expected.length));
        for (const [at, hit] of found.entries()) {
          near(hit.score, expected[at]?.score ?? Number.NaN);
          const known = expected.find(({ item }) => isDeepStrictEqual(item, hit.item));
          near(hit.distance, known?.distance ?? Number.NaN);
        }
      }
    }
  }
}

/** Each side gives four candidates per row wanted; `row` is the only one that the text finds. */
function fused<Row>(
  places: readonly Near<Row>[],
  row: Row,
  limit: number,
): readonly Neighbour<Row>[] {
  return places
    .flatMap((place, at) => {
      const byVector = at < limit * 4 ? 1 / (61 + at) : 0;
      const byText = place.item === row ? 1 / 61 : 0;
      return byVector + byText === 0 ? [] : [{ ...place, score: byVector + byText }];
    })
    .toSorted((a, b) => b.score - a.score);
}

function ranked<Row extends object, Filter extends object>(
  { rows, field, metric, probe }: NearestCase<Row, Filter>,
  filter: Filter,
): readonly Near<Row>[] {
  return rows
    .flatMap((item) => {
      const vector = valueOf(item, field);
      if (!(vector instanceof Float32Array) || !fits(item, filter)) return [];
      return [{ item, distance: distances[metric](probe, vector) }];
    })
    .toSorted((a, b) => a.distance - b.distance);
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

const distances = {
  cosine: (a: Float32Array, b: Float32Array) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
  l2: (a: Float32Array, b: Float32Array) => Math.sqrt(dot(a, a) - 2 * dot(a, b) + dot(b, b)),
  ip: (a: Float32Array, b: Float32Array) => -dot(a, b),
} as const;

const near = (actual: number, expected: number): void => {
  const off = Math.abs(actual - expected);
  assert.ok(
    off <= 1e-4 * Math.max(1, Math.abs(expected)),
    `${actual} where ${expected} was expected`,
  );
};
