/** Time as a process had it: what a bound on a promise's duration is held against on a machine that others use too. */
import { setInterval } from "node:timers";

const tickMs = 5;
let due = performance.now() + tickMs;
let late = 0;

setInterval(() => {
  const now = performance.now();
  late += Math.max(0, now - due);
  due = now + tickMs;
}, tickMs).unref();

/** Milliseconds by which the timers of this process were late so far, one that is due now included. */
const lateness = (): number => late + Math.max(0, performance.now() - due);

export interface Stopwatch {
  /**
   * Milliseconds since the start, less those in which this process could not run: the lateness of its timers, but for what its own
   * work made late. Whatever the code under test waits for, or computes, is counted in full.
   */
  readonly elapsed: () => number;
}

/** Starts at once. */
export function stopwatch(): Stopwatch {
  const began = performance.now();
  const lateBefore = lateness();
  const before = process.cpuUsage();
  return {
    elapsed: () => {
      const { user, system } = process.cpuUsage(before);
      const starved = Math.max(0, lateness() - lateBefore - (user + system) / 1_000);
      return performance.now() - began - starved;
    },
  };
}
