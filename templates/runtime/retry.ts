import type { Fault } from "./fault.ts";
import type { RetryMode } from "./options.ts";

/** Attempts of one call, the first included; those of a transaction that lost a race, a single write's own too, end with its deadline alone. */
export const maxAttempts = 3;
const baseMs = 50;
const overloadBaseMs = 500;
const capMs = 2_000;

/** What the retry rule looks at. */
export interface RetryQuestion {
  readonly effect: "read" | "write";
  /** The write carries an operation id that is recorded with it. */
  readonly keyed: boolean;
  readonly mode: RetryMode | undefined;
  readonly fault: Fault;
  /** Attempts made so far, 1 after the first. */
  readonly attempts: number;
  readonly remainingMs: number;
  /** It is a whole transaction that may be run again. */
  readonly rerun?: boolean;
  /** 0 ≤ random < 1 */
  readonly random: number;
}

/** Milliseconds to wait before the next attempt, or undefined: raise. Pure; the token bucket is asked afterwards. */
export function retryDelay(question: RetryQuestion): number | undefined {
  const { effect, keyed, fault, attempts, remainingMs } = question;
  const replayable = effect === "read" || keyed;
  const mode = question.mode ?? (replayable ? "always" : "safe");
  if (mode === "never" || !fault.transient) return undefined;
  if (attempts >= maxAttempts && !lostRace(question)) return undefined;
  if (fault.outcome === "unknown" && !(replayable && mode === "always")) return undefined;
  const delay = backoff(fault, attempts, question.random);
  return delay < remainingMs ? delay : undefined;
}

/** Another transaction won: it made progress, so running again is no storm on a store in trouble. */
export function lostRace({
  rerun,
  effect,
  fault,
}: Pick<RetryQuestion, "rerun" | "effect" | "fault">): boolean {
  const whole = rerun === true || (effect === "write" && fault.outcome === "not-applied");
  return whole && fault.transient && fault.kind === "conflict";
}

/** Full jitter; a server's wish is a lower bound, spread by the same jitter so that its clients do not return together. */
function backoff(fault: Fault, attempts: number, random: number): number {
  const base = fault.kind === "overload" ? overloadBaseMs : baseMs;
  return (fault.retryAfterMs ?? 0) + random * Math.min(capMs, base * 2 ** (attempts - 1));
}

/** Bounds the retries of one store: an outage of any length costs at most `capacity / cost` of them, plus what successes earn back. */
export class RetryBucket {
  readonly #capacity: number;
  readonly #cost: number;
  #tokens: number;

  constructor(capacity = 100, cost = 5) {
    this.#capacity = capacity;
    this.#cost = cost;
    this.#tokens = capacity;
  }

  /** Pays for one retry; false when there is nothing left. A lost race costs one token: what the winner's success earns back. */
  take(cost = this.#cost): boolean {
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** A call succeeded. */
  refund(): void {
    if (this.#tokens < this.#capacity) this.#tokens += 1;
  }
}
