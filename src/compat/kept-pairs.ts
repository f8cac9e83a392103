import { keptName } from "../ir/names.ts";
import type { Field } from "../spec/model.ts";
import { pairs, type Pairs } from "./pairs.ts";

/** A field with what decides under which name records hold it. */
export interface KeptField {
  readonly source: Pick<Field, "name" | "was" | "column">;
}

/**
 * Fields of records that no migration touches, paired by name or `was:`. Of two that were called the same once, of which one has gone, the
 * other is the same field under its third name.
 */
export function keptPairs<T extends KeptField>(
  before: readonly T[],
  after: readonly T[],
): Pairs<T> {
  const names = new Set(before.map(({ source }) => source.name));
  const heirs = new Map(before.map(({ source }) => [source.was, source.name]));
  return pairs(before, after, {
    name: ({ source }) => source.name,
    was: ({ source: { was } }) =>
      was === undefined || names.has(was) ? was : (heirs.get(was) ?? was),
  });
}

/** Those that would be looked for under another name than the records of before have. */
export const otherwiseKept = <T extends KeptField>({ kept }: Pick<Pairs<T>, "kept">) =>
  kept.filter(({ before, after }) => keptName(before.source) !== keptName(after.source));
