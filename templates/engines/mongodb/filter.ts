import type { Document } from "mongodb";
import { programmingError } from "../../runtime/errors.ts";
import type { Range } from "../../runtime/options.ts";
import { refuse } from "../../runtime/refused-value.ts";
import type { Codec } from "./codec.ts";

/** What a filter compares with. */
type Encoder<T> = Pick<Codec<T>, "encode">;

/**
 * `{ $gte, $lte }` of a range; undefined where neither end is given, which every value is between.
 *
 * @param name of what is asked by, as the caller calls it
 */
export const between = <T>(name: string, of: Encoder<T>): Encoder<Range<T>> => ({
  encode: (range): Document | undefined => {
    const { min, max } = rangeOf(name, range);
    if (min === undefined && max === undefined) return undefined;
    return {
      ...(min === undefined ? {} : { $gte: of.encode(min) }),
      ...(max === undefined ? {} : { $lte: of.encode(max) }),
    };
  },
});

/** @throws TypeError for what is no range, which has no ends and would be passed over; DataError programming for another end */
function rangeOf<T>(name: string, range: Range<T>): Range<T> {
  if (typeof range !== "object" || range === null) refuse(`${name}, a range ({ min, max })`, range);
  refuseOthers(`the range of ${name}`, range, ["min", "max"]);
  return range;
}

/** Encodes what is given and leaves out what is not. */
export const optional = <T>(of: Encoder<T>, value: T | undefined): unknown =>
  value === undefined ? undefined : of.encode(value);

/**
 * The filter of a call. A key that is misspelt, or that the method does not ask by, would be passed over, and more documents found than were
 * meant. A key whose value is undefined asks nothing.
 *
 * @param filter encoded values by the property of a document, undefined where the caller gives none
 * @param fields the caller's names for those that have others in a document
 * @throws DataError programming, before anything is sent
 */
export function filterOf(
  where: object,
  filter: Document,
  fields: Readonly<Record<string, string>> = {},
): Document {
  // Counted without a list of them: a read is as cheap as it was.
  let [given, named] = [0, 0];
  for (const property in filter) if (filter[property] !== undefined) given += 1;
  for (const _name in where) named += 1;
  if (named !== given)
    refuseOthers(
      "the filter",
      where,
      Object.keys(filter).map((property) => fields[property] ?? property),
    );
  return filter;
}

/** A name, as fields have them; anything else may be personal. */
const nameForm = /^[\w$-]{1,50}$/;

function refuseOthers(what: string, given: object, allowed: readonly string[]): void {
  const others: string[] = [];
  // What it inherits is asked by it, too.
  for (const key in given)
    if (Reflect.get(given, key) !== undefined && !allowed.includes(key)) others.push(shown(key));
  if (others.length === 0) return;
  throw programmingError(
    `${what} has ${[...new Set(others)].join(", ")}, and this method asks by ${allowed.join(", ")} only`,
    { hint: "leave it out, or name it among the method's where or optional in the spec" },
  );
}

const shown = (key: string): string => (nameForm.test(key) ? `"${key}"` : "a key of another form");
