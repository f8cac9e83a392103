import { diffLines } from "./diff.ts";
import type { Rewording } from "./renames.ts";

/** A base and what the user made of it, in the words of what is generated now. */
export interface Aligned {
  readonly base: string;
  readonly yours: string;
}

/**
 * Carries the renames of the spec into a base before it is merged: a line that is generated now
 * under new names is no change of either side then, so an edit beside it does not conflict. Lines
 * that the user wrote stay as they are, and conflict where their words are no longer the spec's.
 *
 * @param base    normalised, as `yours` and `planned`
 */
export function align(
  base: string,
  yours: string,
  planned: string,
  rewordings: readonly Rewording[],
): Aligned {
  if (rewordings.length === 0 || base === planned) return { base, yours };
  const known = new Set(planned.split("\n"));
  const before = base.split("\n");
  const after = before.map((line) => reworded(line, known, rewordings));
  const mine = yours.split("\n");
  const [common, lines]: [string[], string[]] = [[], []];
  let at = 0;
  for (const { aStart, aEnd, bStart, bEnd } of diffLines(before, mine)) {
    const kept = after.slice(at, aStart);
    // Where the user wrote over a line, the rename is a change of the other side: both changed it.
    common.push(...kept, ...before.slice(aStart, aEnd));
    lines.push(...kept, ...mine.slice(bStart, bEnd));
    at = aEnd;
  }
  const rest = after.slice(at);
  return { base: [...common, ...rest].join("\n"), yours: [...lines, ...rest].join("\n") };
}

/** The line under new names, where exactly that is generated now. */
function reworded(
  line: string,
  known: ReadonlySet<string>,
  rewordings: readonly Rewording[],
): string {
  if (known.has(line)) return line;
  const every = rewordings.reduce((text, [from, to]) => text.replaceAll(from, to), line);
  const candidates = [every, ...rewordings.map(([from, to]) => line.replaceAll(from, to))];
  return candidates.find((candidate) => candidate !== line && known.has(candidate)) ?? line;
}
