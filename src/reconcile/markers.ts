import { normaliseText } from "./content.ts";

const marker = /^(?:<{7}|>{7}) \S/;

/**
 * Numbers (from 1) of the lines that open or close a conflict, ours or git's; none of those that
 * the base holds too. The file itself is the memory of a conflict: wherever it is copied to, its
 * markers say that it waits for its user.
 */
export function markerLines(text: string, base: string): readonly number[] {
  if (!/^[<>]{7} /m.test(text)) return [];
  const known = new Set(normaliseText(base).split("\n"));
  return normaliseText(text)
    .split("\n")
    .flatMap((line, at) => (marker.test(line) && !known.has(line) ? [at + 1] : []));
}
