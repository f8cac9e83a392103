import { z } from "zod";
import { durationPattern, factorPattern, quantityPattern, sizePattern } from "./quantities.ts";

/**
 * Leaves of the spec's schema. The `error` of each is the phrase that finishes "must be …": zod's own messages never reach a user
 * (see shape-problems.ts).
 */
const expected = (phrase: string) => ({ error: () => phrase });

export const text = z.string(expected("text"));
export const flag = z.boolean(expected("true or false"));

const named = (pattern: RegExp, phrase: string) =>
  z.string(expected(phrase)).regex(pattern, expected(phrase));

export const entityName = named(
  /^[A-Z][A-Za-z0-9]*$/,
  "a name of letters and digits that starts with a capital, such as OrderLine",
);
export const memberName = named(/^[a-z][A-Za-z0-9]*$/, "a name in camelCase, such as placedAt");
export const kebabName = named(
  /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  "a name in small letters with hyphens, such as product-search",
);

const termPhrase = "a field, such as placedAt or placedAt.range";
export const term = z
  .string(expected(termPhrase))
  .regex(/^[a-z][A-Za-z0-9]*(?:\.[a-z]+)?$/, expected(termPhrase));
const orderPhrase = "a field, or a field with a minus for descending, such as -placedAt";
export const orderTerm = z
  .string(expected(orderPhrase))
  .regex(/^-?[a-z][A-Za-z0-9]*$/, expected(orderPhrase));
const fieldPhrase = "the name of a field";
export const fieldRef = z
  .string(expected(fieldPhrase))
  .regex(/^[a-z][A-Za-z0-9]*$/, expected(fieldPhrase));
const entityPhrase = "the name of an entity";
export const entityRef = z
  .string(expected(entityPhrase))
  .regex(/^[A-Z][A-Za-z0-9]*$/, expected(entityPhrase));

const countPhrase = "a whole number of 0 or more";
export const count = z.int(expected(countPhrase)).nonnegative(expected(countPhrase));
const positivePhrase = "a whole number of 1 or more";
export const positive = z.int(expected(positivePhrase)).positive(expected(positivePhrase));
const amountPhrase = "a number above 0";
export const amount = z.number(expected(amountPhrase)).positive(expected(amountPhrase));
const measuredPhrase = "a number of 0 or more";
export const measured = z.number(expected(measuredPhrase)).nonnegative(expected(measuredPhrase));

/** A number, or text of a pattern; every branch says the same, since zod reports one branch or both. */
function measuredText(pattern: RegExp, phrase: string) {
  const number = z.number(expected(phrase)).nonnegative(expected(phrase));
  return z.union(
    [number, z.string(expected(phrase)).regex(pattern, expected(phrase))],
    expected(phrase),
  );
}

export const quantity = measuredText(quantityPattern, "a quantity: 3000, 50k, 50M, 2G or 1T");
export const factor = measuredText(factorPattern, "a factor: 10x or 1.5x");
const durationPhrase = "a duration with its unit: 500ms, 30s, 15m, 12h or 30d";
export const duration = z
  .string(expected(durationPhrase))
  .regex(durationPattern, expected(durationPhrase));
export const size = measuredText(sizePattern, "a size: 4096 (bytes), 64KiB, 256MiB, 2GiB or 1TiB");
export const bound = z.union(
  [z.number(), z.string()],
  expected("a number (in quotes when it is a bigint or a decimal), or a date"),
);

/** One of a closed list of words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words);

/** A list that is not empty. */
export const some = <Item extends z.ZodType>(item: Item) =>
  z.array(item).min(1, expected("a list with at least one entry"));
