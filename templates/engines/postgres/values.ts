import { isDataError, programmingError } from "../../runtime/errors.ts";
import type { Page } from "../../runtime/options.ts";
import type { Codec } from "./codec.ts";
import type { Text, TextRow } from "./statement.ts";

/** How generated adapters turn arguments into the texts of a statement. */

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
  columns.map((column) => row[column] ?? null);

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
 * The same methods, but a value that its codec refuses rejects the promise with `programming` instead of throwing at the call: values
 * are encoded before anything is sent.
 */
export function guarded<R extends object>(collection: string, methods: R): R {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    guard(`${collection}.${name}`, method),
  ]);
  return Object.fromEntries(entries) as R;
}

type Method = (...values: readonly unknown[]) => Promise<unknown>;

const guard =
  (operation: string, method: Method): Method =>
  (...values) => {
    try {
      return method(...values);
    } catch (error) {
      return Promise.reject(isDataError(error) ? error : refused(operation, error));
    }
  };

const refused = (operation: string, cause: unknown): Error =>
  programmingError(cause instanceof TypeError ? cause.message : "a value cannot be encoded", {
    operation,
    cause,
  });
