/** Whether the whole size is asked for (`npm run test:full`), not the fiftieth part that `npm test` runs. */
export const full = process.env["FULL"] === "1";

/** The number of runs of a property: all of them, or a fiftieth. */
export const runsOf = (all: number): number => (full ? all : Math.ceil(all / 50));

/** Milliseconds that a test may take: an hour in full. */
export const timeout = full ? 3_600_000 : 60_000;

/** The seed of every property here; a failing run prints its own. */
export const seed = 20261121;
