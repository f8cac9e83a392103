import type { Case, Spread, Target } from "./result.ts";

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function spread(samples: readonly number[]): Spread {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** @throws when nobody of that name took part */
export function samplesOf(cases: Case, contender: string): readonly number[] {
  const found = cases.series.find((series) => series.contender === contender);
  if (found === undefined) throw new Error(`no contender ${contender} in ${cases.name}`);
  return found.samples;
}

/** `a` ÷ `b`, round by round: what both suffered in a round cancels out. */
export function ratio(cases: Case, a: string, b: string): Spread {
  const below = samplesOf(cases, b);
  return spread(samplesOf(cases, a).map((value, round) => value / (below[round] ?? Number.NaN)));
}

export function met({ bound, limit, measured }: Target): boolean {
  return bound === "at most" ? measured.median <= limit : measured.median >= limit;
}
