import type { Made } from "./operation.ts";
import type { Page } from "../../runtime/options.ts";
import { type Codec, text as codecText } from "./codec.ts";
import type { Text, TextRow } from "./statement.ts";

/** How generated adapters turn arguments into the texts of a statement. */

export { changesOf } from "../../runtime/patch.ts";

/** An optional value: undefined stays what it is, "not asked for"; null is a value. */
export const given = <T>(
  codec: { readonly encode: (value: T) => Text },
  value: T | undefined,
): Text | undefined => (value === undefined ? undefined : codec.encode(value));

/** The same for a statement that has a place for every value: what is not asked for is null there. */
export const orNull = (value: Text | undefined): Text => value ?? null;

/** The items of the only page that is wanted. */
export const itemsOf = async <T>(page: Promise<Page<T>>): Promise<readonly T[]> =>
  (await page).items;

/** The texts of some columns of a row, in the order asked for. */
export const textsOf = (row: TextRow, ...columns: readonly number[]): readonly Text[] =>
  textsAt(row, columns);

export const textsAt = (row: TextRow, columns: readonly number[]): readonly Text[] =>
  columns.map((column) => row[column] ?? null);

/** A key as `onChanged` tells it: the text of its column, the texts of several as JSON. */
export function keyText(row: TextRow, columns: readonly number[]): string {
  const [only, ...others] = columns;
  if (only === undefined) return "";
  return others.length === 0 ? codecText.decode(row[only]) : JSON.stringify(textsAt(row, columns));
}

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

/** A list of which this call made some elements: what the caller gave of it, `undefined` where it gave nothing. */
export const partlyMade = (position: number, given: readonly unknown[]): readonly Made[] => [
  [position, given],
];
