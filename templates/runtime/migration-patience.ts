import { DataError } from "./errors.ts";
import type { LockPatience } from "./migration.ts";

/** What an engine knows about an attempt that got no lock. */
export interface LockRule {
  /** Nothing was done, another attempt may do better: no lock within the time, a deadlock. */
  readonly passing: (error: unknown) => boolean;
  /** How to find out who holds it. */
  readonly hint: string;
}

/**
 * Repeats an attempt that got no lock, with pauses in which those who queued behind it get on. An attempt holds up readers for
 * `timeoutMs` at most, however long the lock is held by others.
 *
 * @throws DataError overloaded when the time is up
 */
export const patiently = async <T>(
  attempt: () => Promise<T>,
  { passing, hint }: LockRule,
  { timeoutMs, totalMs }: LockPatience,
  waiting: (attempt: number) => void,
): Promise<T> => {
  const until = performance.now() + totalMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!passing(error)) throw error;
      const pauseMs = timeoutMs * (0.5 + Math.random());
      if (performance.now() + pauseMs + timeoutMs > until) throw gaveUp(error, count, hint);
      waiting(count);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
};

const gaveUp = (error: unknown, count: number, hint: string): DataError =>
  new DataError({
    kind: "overloaded",
    operation: "migrate",
    message: `${error instanceof Error ? error.message : "no lock"} (${count} attempts)`,
    hint,
    cause: error,
  });
