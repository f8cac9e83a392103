import type { Case } from "./result.ts";

/** One measurement of one contender. */
export type Measure<T = number> = () => Promise<T>;

/**
 * Paired rounds: in each, every contender runs once, and each round begins with the next one, so that none is always first.
 */
export async function pairedRounds<T>(
  contenders: ReadonlyMap<string, Measure<T>>,
  rounds: number,
): Promise<ReadonlyMap<string, readonly T[]>> {
  const samples = new Map<string, T[]>([...contenders.keys()].map((key) => [key, []]));
  const order = [...contenders];
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < order.length; turn += 1) {
      const [contender, measure] = order[(round + turn) % order.length] ?? never();
      samples.get(contender)?.push(await measure());
    }
  }
  return samples;
}

/** One figure of every measurement as a case of a table. */
export function caseOf<T>(
  name: string,
  measured: ReadonlyMap<string, readonly T[]>,
  figure: (sample: T) => number,
): Case {
  return {
    name,
    series: [...measured].map(([contender, samples]) => ({
      contender,
      samples: samples.map((sample) => rounded(figure(sample))),
    })),
  };
}

/** Five digits are more than a noisy machine can tell; the results stay readable. */
const rounded = (value: number): number => Number(value.toPrecision(5));

function never(): never {
  throw new Error("a round without contenders");
}
