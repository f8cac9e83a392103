import { DataError } from "../../runtime/errors.ts";
import type { LockPatience } from "../../runtime/migration.ts";
import { classify } from "./errors.ts";

/** Lock not available within lock_timeout, deadlock, serialization failure: nothing was done, another attempt may do better. */
const passing = new Set(["55P03", "40P01", "40001"]);

/**
 * Repeats an attempt that got no lock, with pauses in which those who queued behind it get on. An attempt holds up readers for
 * `timeoutMs` at most, however long the lock is held by others.
 *
 * @throws DataError overloaded when the time is up
 */
export const patiently = async <T>(
  attempt: () => Promise<T>,
  { timeoutMs, totalMs }: LockPatience,
  waiting: (attempt: number) => void,
): Promise<T> => {
  const until = performance.now() + totalMs;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const { code } = error instanceof DataError ? error : classify(error);
      if (code === undefined || !passing.has(code)) throw error;
      const pauseMs = timeoutMs * (0.5 + Math.random());
      if (performance.now() + pauseMs + timeoutMs > until) throw gaveUp(error, count);
      waiting(count);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
};

const gaveUp = (error: unknown, count: number): DataError =>
  new DataError({
    kind: "overloaded",
    operation: "migrate",
    message: `${error instanceof Error ? error.message : "no lock"} (${count} attempts)`,
    hint: "somebody holds a lock on it: look in pg_stat_activity for old transactions, end them, run it again",
    cause: error,
  });
