import type { TypeFacts } from "./tree.ts";

/** What a change of type does to the rows: nothing, a rewrite, or it depends on a type that is not known. */
export type Widening = "safe" | "rewrites" | "perhaps";

/** Types that take a precision for fractions of a second, or a length in bits; a higher one leaves the stored form as it is. */
const lengthened = ["varchar", "varbit", "timestamp", "timestamptz", "time", "timetz"];
const fractions = 6;

/**
 * Whether PostgreSQL changes the type in its catalogue only. Source: notes of ALTER TABLE, and the types whose length coercion is skipped
 * by a support function (varchar, varbit, numeric, timestamp, timestamptz, time, timetz).
 */
export function wideningOf(from: TypeFacts | undefined, to: TypeFacts): Widening {
  if (from === undefined) return couldBeSafe(to) ? "perhaps" : "rewrites";
  if (from.array !== to.array) return "rewrites";
  if (from.array) return sameType(from, to) ? "safe" : "rewrites";
  return sameType(from, to) || isWider(from, to) ? "safe" : "rewrites";
}

const sameType = (a: TypeFacts, b: TypeFacts): boolean =>
  a.name === b.name && a.modifiers.join() === b.modifiers.join();

function isWider(from: TypeFacts, to: TypeFacts): boolean {
  const text = (type: TypeFacts): boolean =>
    type.name === "text" || (type.name === "varchar" && type.modifiers.length === 0);
  if (text(to)) return from.name === "varchar" || from.name === "text";
  if (from.name === "cidr") return to.name === "inet";
  if (from.name !== to.name) return false;
  if (to.name === "numeric") return numericIsWider(from.modifiers, to.modifiers);
  if (!lengthened.includes(to.name)) return false;
  const unlimited = to.name.startsWith("var") ? Number.POSITIVE_INFINITY : fractions;
  return (to.modifiers[0] ?? unlimited) >= (from.modifiers[0] ?? unlimited);
}

function numericIsWider(from: readonly number[], to: readonly number[]): boolean {
  if (to.length === 0) return true;
  if (from.length === 0) return false;
  return (to[0] ?? 0) >= (from[0] ?? 0) && (to[1] ?? 0) === (from[1] ?? 0);
}

const couldBeSafe = ({ name, array }: TypeFacts): boolean =>
  !array && (lengthened.includes(name) || ["text", "numeric", "inet"].includes(name));

const integers = ["int2", "int4", "int8"];

/** Whether statements written for the one type work with the other: they do for a wider one, and among integers even where rows are written anew. */
export function fitsCodeOfBefore(from: TypeFacts | undefined, to: TypeFacts | undefined): boolean {
  if (from === undefined || to === undefined) return false;
  if (wideningOf(from, to) === "safe") return true;
  const [narrow, wide] = [integers.indexOf(from.name), integers.indexOf(to.name)];
  return !from.array && !to.array && narrow >= 0 && wide >= narrow;
}
