/** Something that ends at a deadline. The links belong to the queue it is in. */
export interface Expiring {
  expiresAt: number;
  queue: DeadlineQueue | undefined;
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  expire(): void;
}

const longestTimerMs = 2 ** 31 - 1;

/** Deadlines of one duration end in the order they began, so a linked list with one timer serves them all. */
export class DeadlineQueue {
  readonly #durationMs: number;
  readonly #onIdle: () => void;
  #first: Expiring | undefined;
  #last: Expiring | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(durationMs: number, onIdle: () => void) {
    this.#durationMs = durationMs;
    this.#onIdle = onIdle;
  }

  add(entry: Expiring, now: number): void {
    entry.expiresAt = now + this.#durationMs;
    entry.queue = this;
    entry.earlier = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.later = entry;
    this.#last = entry;
    if (this.#timer === undefined) this.#arm(this.#durationMs);
  }

  remove(entry: Expiring): void {
    const { earlier, later } = entry;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    entry.queue = entry.earlier = entry.later = undefined;
  }

  /** Unref: what is in flight keeps the process alive (a socket, a worker), its deadline does not. */
  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => this.#tick(), Math.min(delayMs, longestTimerMs));
    this.#timer.unref();
  }

  /** The timer stays armed when its entry is removed: it fires once per duration at most, whatever the number of calls. */
  #tick(): void {
    this.#timer = undefined;
    const now = performance.now();
    while (this.#first !== undefined && this.#first.expiresAt <= now) {
      const entry = this.#first;
      this.remove(entry);
      entry.expire();
    }
    if (this.#timer !== undefined) return;
    if (this.#first === undefined) this.#onIdle();
    else this.#arm(Math.max(1, Math.ceil(this.#first.expiresAt - now)));
  }
}

/** Deadlines are kept to this many milliseconds, so that callers who pass what is left of a budget share queues and timers. */
const grainMs = 10;

/** All deadlines of a store: one queue per duration in use, no timer per call. */
export class Deadlines {
  readonly #queues = new Map<number, DeadlineQueue>();

  /** Starts the clock; it ends by `remove` or by `expire()`. */
  add(entry: Expiring, durationMs: number, now: number): void {
    const rounded = Math.ceil(durationMs / grainMs) * grainMs;
    let queue = this.#queues.get(rounded);
    if (queue === undefined) {
      queue = new DeadlineQueue(rounded, () => this.#queues.delete(rounded));
      this.#queues.set(rounded, queue);
    }
    queue.add(entry, now);
  }

  remove(entry: Expiring): void {
    entry.queue?.remove(entry);
  }

  /** Durations in use. */
  get size(): number {
    return this.#queues.size;
  }
}

/** Waits for `work`, for `ms` at most; what comes later is not waited for. Rejects as `work` does. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, enough]).finally(() => clearTimeout(timer));
}
