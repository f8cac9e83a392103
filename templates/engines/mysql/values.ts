import { programmingError } from "../../runtime/errors.ts";
import type { Page } from "../../runtime/options.ts";
import { type Codec, rowsOf } from "./codec.ts";
import type { Made } from "./operation.ts";
import type { Value, ValueRow } from "./statement.ts";

/** How generated adapters turn arguments into the values of a statement. */

export { changesOf } from "../../runtime/patch.ts";

/** An optional value: undefined stays what it is, "not asked for"; null is a value. */
export const given = <T>(
  codec: { readonly encode: (value: T) => Value },
  value: T | undefined,
): Value | undefined => (value === undefined ? undefined : codec.encode(value));

/** The same for a statement that has a place for every value: what is not asked for is null there. */
export const orNull = (value: Value | undefined): Value => value ?? null;

/** The items of the only page that is wanted. */
export const itemsOf = async <T>(page: Promise<Page<T>>): Promise<readonly T[]> =>
  (await page).items;

/** Some columns of a row, in the order asked for. */
export const valuesOf = (row: ValueRow, ...columns: readonly number[]): readonly Value[] =>
  valuesAt(row, columns);

export const valuesAt = (row: ValueRow, columns: readonly number[]): readonly Value[] =>
  columns.map((column) => row[column] ?? null);

/** A key as `onChanged` tells it: the text of its column, the texts of several as JSON. */
export const keyText = (row: ValueRow, columns: readonly number[]): string => {
  const texts = valuesAt(row, columns).map(String);
  return texts.length === 1 ? `${texts[0]}` : JSON.stringify(texts);
};

/**
 * The rows of a batch that inserts or replaces: a server that met a key again would merge both rows, the children of both with them.
 *
 * @param key its encoded parts; null where the server makes it
 * @throws DataError `programming` when a key is there twice
 */
export const distinctRows = <T>(
  operation: string,
  rows: readonly T[],
  key: (row: T) => readonly Value[],
): readonly T[] => {
  const places = new Map<string, number>();
  for (const [place, row] of rows.entries()) {
    const parts = key(row);
    if (parts.includes(null)) continue;
    const text = rowsOf([parts]);
    const earlier = places.get(text);
    if (earlier !== undefined)
      throw programmingError(`${operation}: rows ${earlier} and ${place} have one key twice`, {
        operation,
        hint: "give each key once in a batch, with the state that it is to have",
      });
    places.set(text, place);
  }
  return rows;
};

/** A number of one sign. @throws TypeError for zero and for the other sign */
export const signed = <T>(sign: "positive" | "negative", codec: Codec<T>): Codec<T> => ({
  ...codec,
  encode: (value) => {
    const encoded = codec.encode(value);
    const fits = sign === "positive" ? Number(encoded) > 0 : Number(encoded) < 0;
    if (!fits) throw new TypeError(`the amount must be ${sign}`);
    return encoded;
  },
});

/**
 * A list of rows of which this call made some values of one column.
 *
 * @param given what the caller gave for it, `undefined` where it gave nothing
 * @param again place of a value that says no more than the list does
 */
export const partlyMade = (
  position: number,
  column: number,
  given: readonly unknown[],
  ...again: readonly number[]
): readonly Made[] => [[position, column, given], ...again];
