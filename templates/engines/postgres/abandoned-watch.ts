import type { Submission } from "./submission.ts";

/** After this long without any reply, an abandoned statement costs its connection. */
const graceMs = 2_000;
const lookEveryMs = 25;
/** A request that arrived before its statement was begun had no effect. */
const cancelAgainMs = 250;

/** What the watch sees of its connection and may do to it. */
export interface Watched {
  /** Exchanges answered so far: the position of the one that the server is at now. */
  readonly answered: number;
  /** Interrupts what the server is at. */
  cancelHead(): void;
  giveUp(): void;
}

/**
 * Statements whose callers were answered. A cancel request hits whatever the server is at, so each is cancelled only once its turn has
 * come: before that it would hit a neighbour, and without it a slow one would hold up all behind it.
 */
export class AbandonedWatch {
  readonly #connection: Watched;
  readonly #abandoned = new Set<Submission>();
  #timer: NodeJS.Timeout | undefined;
  #answered = 0;
  #progressAt = 0;

  constructor(connection: Watched) {
    this.#connection = connection;
  }

  add(submission: Submission): void {
    this.#abandoned.add(submission);
    if (this.#timer === undefined) {
      this.#answered = this.#connection.answered;
      this.#progressAt = performance.now();
      this.#timer = setInterval(() => this.#look(), lookEveryMs);
      this.#timer.unref();
    }
    this.#cancelIfItsTurn(submission, performance.now());
  }

  finished(submission: Submission): void {
    if (this.#abandoned.delete(submission) && this.#abandoned.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#abandoned.clear();
  }

  #look(): void {
    const now = performance.now();
    for (const submission of this.#abandoned) this.#cancelIfItsTurn(submission, now);
    const { answered } = this.#connection;
    if (answered !== this.#answered) {
      this.#answered = answered;
      this.#progressAt = now;
    } else if (now - this.#progressAt >= graceMs) {
      this.stop();
      this.#connection.giveUp();
    }
  }

  #cancelIfItsTurn(submission: Submission, now: number): void {
    if (submission.position !== this.#connection.answered) return;
    if (now - submission.cancelledAt < cancelAgainMs) return;
    submission.cancelledAt = now;
    this.#connection.cancelHead();
  }
}
