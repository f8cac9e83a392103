import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DataError } from "./errors.ts";

/** Who fills a generation of a view, kept with it. One that beats no more was killed. */
export interface ViewClaim {
  readonly owner: string;
  /** When it began, as ISO 8601. */
  readonly since: string;
  /** Rises as long as its owner lives. */
  readonly beat: number;
}

export const newClaim = (): ViewClaim => ({
  owner: randomUUID(),
  since: new Date().toISOString(),
  beat: 0,
});

export const isSameClaim = (one: ViewClaim | undefined, other: ViewClaim | undefined): boolean =>
  one?.owner === other?.owner && one?.beat === other?.beat;

const beatMs = 2_000;
/** Several beats: a store may be slow for a while. */
export const silenceMs = 12_000;
const pollMs = 500;

/**
 * The claim of an owner that is gone; undefined when there is none. It is watched instead of compared with a time: clocks of machines differ.
 *
 * @throws DataError conflict when its owner lives
 */
export async function silentClaim(
  view: string,
  read: () => Promise<ViewClaim | undefined>,
): Promise<ViewClaim | undefined> {
  const first = await read();
  const end = performance.now() + silenceMs;
  while (first !== undefined && performance.now() < end) {
    await pause(pollMs);
    const now = await read();
    if (now === undefined) return undefined;
    if (!isSameClaim(now, first)) throw underWay(view, now);
  }
  return first;
}

/** Beats while the work is done. @throws what the work throws, else what the last beat did */
export async function whileBeating<T>(
  beat: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  let last: Promise<void> = Promise.resolve();
  let lost: { readonly error: unknown } | undefined;
  const timer = setInterval(() => {
    last = last.then(beat).then(
      () => {
        lost = undefined;
      },
      (error: unknown) => {
        lost = { error };
      },
    );
  }, beatMs);
  try {
    const done = await work();
    clearInterval(timer);
    await last;
    if (lost !== undefined) throw lost.error;
    return done;
  } finally {
    clearInterval(timer);
    await last;
  }
}

/** Another rebuild of the view lives. */
export const underWay = (view: string, claim: ViewClaim | undefined): DataError =>
  new DataError({
    kind: "conflict",
    operation: "views.rebuild",
    message: `a rebuild of ${view} is under way${claim === undefined ? "" : ` since ${claim.since}`}`,
    hint: "let it end; one that was killed is taken over by the next run, and --fresh begins anew whoever is at it",
  });

/** What a rebuild is told whose generation belongs to another one now, or is gone. */
export const superseded = (): DataError =>
  new DataError({
    kind: "conflict",
    operation: "views.rebuild",
    message: "another rebuild of this view has taken over",
    hint: "let one of them run",
  });
