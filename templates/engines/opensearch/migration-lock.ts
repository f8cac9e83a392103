import { setTimeout as pause } from "node:timers/promises";
import type { Attempt } from "../../runtime/call.ts";
import { DataError } from "../../runtime/errors.ts";
import {
  isSameClaim,
  newClaim,
  silenceMs,
  type ViewClaim,
  whileBeating,
} from "../../runtime/view-claim.ts";
import type { CommandContext } from "./migration-commands.ts";
import type { Held, StateIndex } from "./state-index.ts";

const lockId = "lock";
const pollMs = 200;

/**
 * A lease on one document, which its holder writes again and again. Who waits watches it: no clock of one machine is compared with another's,
 * and of several that take over a silent one the condition on what they read lets one succeed.
 */
export class MigrationLock {
  readonly #ask: CommandContext["ask"];
  readonly #state: StateIndex;
  /** As this process holds it. */
  #own: ViewClaim | undefined;

  constructor(ask: CommandContext["ask"], state: StateIndex) {
    this.#ask = ask;
    this.#state = state;
  }

  /** @throws DataError unavailable when another works still after the waiting time, conflict when another has taken over meanwhile */
  async run<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    await this.#ask((attempt) => this.#state.create(attempt));
    const claim = newClaim();
    await this.#take(claim, performance.now() + waitMs);
    this.#own = claim;
    try {
      return await whileBeating(() => this.#ask((attempt) => this.#beat(claim, attempt)), work);
    } finally {
      this.#own = undefined;
      // A lease that cannot be given back falls silent; what went wrong before is what the caller has to hear.
      await this.#release(claim).catch(() => {});
    }
  }

  /** Asks the server whether the lock is this process's still. @throws DataError conflict */
  async check(attempt: Attempt): Promise<void> {
    if (this.#own === undefined) return;
    if ((await this.#held(attempt))?.value.owner !== this.#own.owner) throw overtaken();
  }

  async #take(claim: ViewClaim, end: number): Promise<void> {
    let seen: ViewClaim | undefined;
    let since = performance.now();
    let alive = false;
    for (;;) {
      const there = await this.#ask((attempt) => this.#held(attempt));
      const now = performance.now();
      if (there !== undefined && !isSameClaim(there.value, seen)) {
        alive = seen !== undefined;
        seen = there.value;
        since = now;
      }
      const free = there === undefined || now - since >= silenceMs;
      if (free && (await this.#ask((attempt) => this.#put(claim, there, attempt)))) return;
      // Whether its holder lives shows within the time of its silence, however short the waiting time is.
      if (now > end && (free || alive)) throw taken();
      await pause(pollMs);
    }
  }

  async #beat(claim: ViewClaim, attempt: Attempt): Promise<void> {
    const there = await this.#held(attempt);
    if (there?.value.owner !== claim.owner) throw overtaken();
    const next = { ...claim, beat: there.value.beat + 1 };
    if (!(await this.#state.write(lockId, next, there, attempt))) throw overtaken();
  }

  /** Repeated after a lost reply, it finds its own claim. */
  async #put(
    claim: ViewClaim,
    was: Held<ViewClaim> | undefined,
    attempt: Attempt,
  ): Promise<boolean> {
    if (await this.#state.write(lockId, claim, was, attempt)) return true;
    return (await this.#held(attempt))?.value.owner === claim.owner;
  }

  async #release(claim: ViewClaim): Promise<void> {
    await this.#ask(async (attempt) => {
      const there = await this.#held(attempt);
      if (there?.value.owner === claim.owner) await this.#state.remove(lockId, there, attempt);
    });
  }

  #held(attempt: Attempt): Promise<Held<ViewClaim> | undefined> {
    return this.#state.read<ViewClaim>(lockId, attempt);
  }
}

const taken = (): DataError =>
  new DataError({
    kind: "unavailable",
    message: "another migrator holds the lock",
    hint: "wait for it, or raise the waiting time",
  });

/** What a migrator is told that was silent for so long that another took over. */
export const overtaken = (): DataError =>
  new DataError({
    kind: "conflict",
    message: "another migrator has taken the lock over: this one was silent for too long",
    hint: "let the other end, then run it again: it goes on where that has stopped",
  });
