import type { RepositoryIr } from "../../../ir/types.ts";

/** Number of the first sample that a test of a method makes; each test takes the next ten. */
export const firstTest = 100;

/** Number of the sample whose key no other row has. */
export const missingSample = 900;

/** Number of a sample that no suite stores, not even for others to refer to. */
export const unstoredSample = 999;

/** The same within fewer values. */
export const unstoredBetween = 99;

/** The number that the last test of a repository's methods begins with, or one beyond it. */
export function lastNumber({ entity, methods }: RepositoryIr): number {
  const tests = methods.flatMap(({ method }) => {
    if (method.op === "insert" || method.op === "upsert") return [1, 2, 3];
    return ["patch", "delete", "increment", "history"].includes(method.op) ? [1] : [];
  });
  const refused = entity.fields.flatMap(({ source: { min, max, reference } }) =>
    [min, max, reference].filter((one) => one !== undefined),
  );
  return firstTest - 10 + 10 * (tests.length + refused.length + entity.unique.length);
}

/** What `sampleNumbers` of the generated tests gives: the numbers of all samples that a suite may store. */
export function sampleNumbers(rows: number, last: number, parts: number): readonly number[] {
  const tests = Array.from({ length: (last - firstTest) / 10 + 1 }, (_, at) => firstTest + 10 * at);
  const beside = (n: number): readonly number[] => numbersFrom(n + 400, parts);
  return [
    ...numbersFrom(0, rows),
    ...tests.flatMap((n) => [...numbersFrom(n, 3), ...beside(n)]),
    ...beside(1),
    ...numbersFrom(missingSample, 10),
  ];
}

const numbersFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => first + at);
