import { setTimeout as sleep } from "node:timers/promises";

export const dimensions = 128;
export const collection = "v_test_bench";
const count = 2_000;
export const bulkSize = 500;

export interface Row {
  readonly id: string;
  readonly number: number;
  readonly embedding: Float32Array;
}

export const vector = (): Float32Array =>
  Float32Array.from({ length: dimensions }, () => Math.random() * 2 - 1);

export const rowOf = (number: number): Row => ({
  id: String(number),
  number,
  embedding: vector(),
});

export const allRows = (): readonly Row[] => Array.from({ length: count }, (_, at) => rowOf(at));

let next = 1_000_000;
/** Rows that are not there yet. */
export const bulk = (): readonly Row[] =>
  Array.from({ length: bulkSize }, () => rowOf((next += 1)));

/** One at a time: the server works on one upsert of a collection after the other. */
export function inTurn(call: () => Promise<unknown>): () => Promise<unknown> {
  let last: Promise<unknown> = sleep(0);
  return () => {
    last = last.then(call);
    return last;
  };
}
