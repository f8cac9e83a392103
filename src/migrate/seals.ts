import { sealOfPart } from "./part-content.ts";
import type { Snapshot } from "./step.ts";

/**
 * What a change made of each part of a snapshot, by part: the seal of before and the seal of after, with a space between. A part that is not
 * there has the seal `-`.
 */
export type Seals = Readonly<Record<string, string>>;

const length = 12;

/** The seal of a part's content as a record holds it. */
export const shortSeal = (content: unknown): string => sealOfPart(content).slice(0, length);

const sealIn = (snapshot: Snapshot, part: string): string =>
  snapshot.has(part) ? shortSeal(snapshot.get(part)) : "-";

/** Of the parts that differ. Undefined for the first snapshot of a store: there is no other branch that could have made it otherwise. */
export function sealsBetween(from: Snapshot, to: Snapshot): Seals | undefined {
  if (from.size === 0) return undefined;
  const pairs = [...new Set([...from.keys(), ...to.keys()])]
    .toSorted()
    .map((part) => [part, sealIn(from, part), sealIn(to, part)] as const)
    .filter(([, before, after]) => before !== after);
  return pairs.length === 0
    ? undefined
    : Object.fromEntries(pairs.map(([part, before, after]) => [part, `${before} ${after}`]));
}

/** What a change found and left of a part; undefined where it did not change it. */
export function sealsOf(
  seals: Seals | undefined,
  part: string,
): { readonly before: string; readonly after: string } | undefined {
  const [before, after] = seals?.[part]?.split(" ") ?? [];
  return before === undefined || after === undefined ? undefined : { before, after };
}

export const isSeals = (value: unknown): value is Seals =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => typeof each === "string");
