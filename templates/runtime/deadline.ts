/** Something that ends at a deadline. The links belong to the queue. */
export interface Expiring {
  expiresAt: number;
  earlier: Expiring | undefined;
  later: Expiring | undefined;
  expire(): void;
}

/** Deadlines of one duration end in the order they began, so a linked list with one timer serves them all. */
class DeadlineQueue {
  readonly durationMs: number;
  readonly #idle: () => void;
  #first: Expiring | undefined;
  #last: Expiring | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(durationMs: number, idle: () => void) {
    this.durationMs = durationMs;
    this.#idle = idle;
  }

  add(entry: Expiring): void {
    entry.earlier = this.#last;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.later = entry;
    this.#last = entry;
    if (this.#timer === undefined) this.#arm(this.durationMs);
  }

  remove(entry: Expiring): void {
    const { earlier, later } = entry;
    if (earlier !== undefined) earlier.later = later;
    else if (this.#first === entry) this.#first = later;
    else return;
    if (later !== undefined) later.earlier = earlier;
    else this.#last = earlier;
    entry.earlier = entry.later = undefined;
  }

  /** Unref: what is in flight keeps the process alive (a socket, a worker), its deadline does not. */
  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => this.#tick(), delayMs);
    this.#timer.unref();
  }

  #tick(): void {
    this.#timer = undefined;
    const now = performance.now();
    while (this.#first !== undefined && this.#first.expiresAt <= now) {
      const entry = this.#first;
      this.remove(entry);
      entry.expire();
    }
    if (this.#timer !== undefined) return;
    if (this.#first === undefined) this.#idle();
    else this.#arm(Math.max(1, Math.ceil(this.#first.expiresAt - now)));
  }
}

/** All deadlines of a store: one queue per duration in use, no timer per call. */
export class Deadlines {
  readonly #queues = new Map<number, DeadlineQueue>();

  /** Starts the clock of an entry; it ends by `remove` or by `expire()`. */
  add(entry: Expiring, durationMs: number, now: number): void {
    entry.expiresAt = now + durationMs;
    let queue = this.#queues.get(durationMs);
    if (queue === undefined) {
      queue = new DeadlineQueue(durationMs, () => this.#queues.delete(durationMs));
      this.#queues.set(durationMs, queue);
    }
    queue.add(entry);
  }

  remove(entry: Expiring, durationMs: number): void {
    this.#queues.get(durationMs)?.remove(entry);
  }
}
