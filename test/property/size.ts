/** Whether the whole size is asked for (`npm run test:full`), not the fiftieth part that `npm test` runs. */
export const full = process.env["FULL"] === "1";

/** The number of runs of a property: all of them, or a fiftieth. */
export const runsOf = (all: number): number => (full ? all : Math.ceil(all / 50));

/** Milliseconds after which a test counts as hanging, on a machine that others use too: an hour in full. */
export const timeout = full ? 3_600_000 : 300_000;

/** The seed of every property here; a failing run prints its own. */
export const seed = 20261121;
