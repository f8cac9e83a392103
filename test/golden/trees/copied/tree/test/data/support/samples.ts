// Runtime of async-db-starter 0.1.0, sha256 3cbe3284849852fa; a fix comes with a newer version of the generator.
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

/** The same row with other values. */
export const but = <T extends object>(row: T, other: Partial<T>): T =>
  Object.assign({ ...row }, other);

/** A row with only what must be given. The cast says that all that is taken away may be left out. */
export function without<T extends object>(row: T, ...names: readonly string[]): T {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))) as T;
}
