import { DataError } from "../../runtime/errors.ts";

interface Waiting {
  readonly admit: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets a number of calls in at a time, the others in the order of their coming. */
export class Gate {
  readonly #room: number;
  readonly #patienceMs: number;
  readonly #waiting = new Set<Waiting>();
  #inside = 0;

  constructor(room: number, patienceMs: number) {
    this.#room = room;
    this.#patienceMs = patienceMs;
  }

  get calls(): { readonly used: number; readonly pending: number } {
    return { used: this.#inside, pending: this.#waiting.size };
  }

  /** Resolves to the function that leaves again. @throws DataError overloaded when its turn does not come in time */
  async enter(): Promise<() => void> {
    if (this.#inside >= this.#room) await this.#turn();
    else this.#inside += 1;
    return () => this.#leave();
  }

  #turn(): Promise<void> {
    return new Promise((admit, refuse) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        refuse(
          new DataError({
            kind: "overloaded",
            message: `no free call within ${this.#patienceMs} ms`,
            hint: "raise pool.max, or call less at a time",
          }),
        );
      }, this.#patienceMs);
      const waiting: Waiting = { admit, timer };
      this.#waiting.add(waiting);
    });
  }

  /** Who waits longest takes the place over. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#waiting.delete(next);
    clearTimeout(next.timer);
    next.admit();
  }
}
