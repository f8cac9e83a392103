import type { Document } from "mongodb";
import type { Range } from "../../runtime/options.ts";
import type { Codec } from "./codec.ts";

/** `{ $gte, $lte }` of a range, or undefined when neither end is given. */
export function between<T>(of: Codec<T>, range: Range<T> | undefined): Document | undefined {
  if (range?.min === undefined && range?.max === undefined) return undefined;
  return {
    ...(range.min === undefined ? {} : { $gte: of.encode(range.min) }),
    ...(range.max === undefined ? {} : { $lte: of.encode(range.max) }),
  };
}

/** Encodes what is given and leaves out what is not. */
export const optional = <T>(of: Codec<T>, value: T | undefined): unknown =>
  value === undefined ? undefined : of.encode(value);
