// Runtime of async-db-starter 0.1.0, sha256 747ee06c7226fb22; a fix comes with a newer version of the generator.
import { createHash } from "node:crypto";

/** Sample values: the same in every run, different from property to property and from number to number. */

/** A UUID whose place among others says nothing about its number. */
export function sampleUuid(property: string, n: number): string {
  const hex = createHash("sha256").update(`${property} ${n}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A few letters for a text that holds no more: `aab` for 27 in three places. */
export function sampleCode(n: number, length: number): string {
  const letters: string[] = [];
  for (let rest = n; letters.length < length; rest = Math.floor(rest / 26)) {
    letters.unshift(String.fromCharCode(97 + (rest % 26)));
  }
  return letters.join("");
}

/** A day of 2024 or later, YYYY-MM-DD. */
export const sampleDate = (n: number): string => sampleTime(n).toISOString().slice(0, 10);

/** A moment with milliseconds, a little over a day after that of the number before. */
export const sampleTime = (n: number): Date =>
  new Date(Date.UTC(2024, 0, 1, 8, 15, 30, 125) + n * 90_061_003);

/** Turns from one of a few values to the next. */
export function oneOf<const T>(n: number, ...values: readonly [T, ...T[]]): T {
  return values[n % values.length] ?? values[0];
}

/** The first of a list that is known to have one. @throws Error for an empty list */
export function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error("an empty list where a sample was expected");
  return value;
}

/** What a property holds, for a sample whose property is never left out. @throws Error for null and undefined */
export function given<T>(value: T): NonNullable<T> {
  if (value === null || value === undefined) throw new Error("a sample value is missing");
  return value;
}

/** A vector by whose direction and length cosine, distance and inner product order others differently; exact in 32 bits. */
export function sampleVector(dimensions: number, n: number): Float32Array {
  const length = n % 2 === 0 ? 0.5 : 3;
  return Float32Array.from({ length: dimensions }, (_, at) => {
    const turn = (at * (n + 3) + n * n) % 7;
    return length * (turn / 4 - 0.5) + (at === n % dimensions ? 2 : 0);
  });
}

/**
 * The numbers of all samples that a suite may store, for rows that each of them refers to: its rows to read, three from every tenth
 * number on, those beside these, and ten for changes.
 *
 * @param last the number that the last test begins with
 */
export function sampleNumbers(rows: number, last: number): readonly number[] {
  const from = (first: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, at) => first + at);
  const tests = from(10, last / 10 - 9).flatMap((ten) => [
    ...from(10 * ten, 3),
    ...from(10 * ten + 400, 4),
  ]);
  return [...new Set([...from(0, rows), ...tests, ...from(401, 4), ...from(900, 10)])];
}

const moments = [
  "2026-03-11T09:30:15.250Z",
  "2026-03-11T11:45:05.125Z",
  "2026-03-10T23:10:40.500Z",
  "2026-03-18T09:30:15.250Z",
  "2026-04-02T00:05:00.001Z",
  "2027-03-11T09:30:15.250Z",
].map((text) => new Date(text));

/** One of six moments; the others are in another hour, day, week, month and year than the first, both before and after it. */
export const sampleMoment = (at: number): Date => given(moments[at]);

export const otherMoments: readonly Date[] = moments.slice(1);

/** Values by property, each for a row or a change of its own. */
export type Values = Readonly<Record<string, readonly unknown[]>>;

/** How rows to read differ from their samples. */
export interface Differences<T> {
  /** Other values of what is alike in all samples. */
  readonly apart: Values;
  /** Properties that the last row goes without. */
  readonly without: readonly string[];
  /** Owned children, of which the last row has none. */
  readonly childless?: readonly string[];
  /** For a composite key: rows whose key differs from that of a sample in one part only. */
  readonly beside?: (n: number) => readonly T[];
}

/** Rows to read: some alike, some that differ in one respect, and one with nothing that may be left out. */
export const rowsLike =
  <T extends object>(sample: (n: number) => T, differences: Differences<T>) =>
  (): readonly T[] => {
    const alike = [sample(1), sample(2), sample(0)];
    const changes = singleChanges(differences.apart);
    const apart = changes.map((change, at) => but(sample(alike.length + at), change));
    const last = sample(alike.length + apart.length);
    return [...alike, ...apart, ...(differences.beside?.(1) ?? []), bare(last, differences)];
  };

/** Each value as a change of that property alone. */
export const singleChanges = (values: Values): readonly object[] =>
  Object.entries(values).flatMap(([property, all]) => all.map((value) => ({ [property]: value })));

/** The same row with other values. The cast says that the values are of the row's own types, which the generator knows. */
const but = <T extends object>(row: T, change: object): T => ({ ...row, ...change }) as T;

function bare<T extends object>(row: T, { without, childless = [] }: Differences<T>): T {
  const kept = Object.entries(row).filter(([name]) => !without.includes(name));
  return Object.fromEntries([...kept, ...childless.map((name) => [name, []])]) as T;
}
