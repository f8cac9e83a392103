/** Milliseconds after which a call is given up when the SLA asks for nothing else. */
const defaultDeadlineMs = 5000;
/** Below this a connection that is being opened would fail its first caller. */
const leastDeadlineMs = 1000;

/**
 * The deadline of a store's calls from the p99 targets of its workloads: the strictest one times a hundred, since one call in a
 * hundred is slower than its p99 by promise and the deadline is for what is broken, not for what is slow; never below the least,
 * never above the default unless a p99 itself leaves less than three times its own length.
 */
export function deadlineFor(p99Ms: readonly (number | undefined)[]): number {
  const targets = p99Ms.filter((target) => target !== undefined);
  if (targets.length === 0) return defaultDeadlineMs;
  const strictest = Math.min(
    defaultDeadlineMs,
    Math.max(leastDeadlineMs, Math.min(...targets) * 100),
  );
  return Math.ceil(Math.max(strictest, Math.max(...targets) * 3));
}
