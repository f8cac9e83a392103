/**
 * Tells a connection that has died unnoticed from a slow one: the network may swallow everything without a word, and the system would
 * find out after a quarter of an hour. A call that got no reply makes it suspect; any sign of life in the grace clears it.
 */
export class SilenceWatch {
  readonly #graceMs: number;
  readonly #onSilent: () => void;
  #signs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(graceMs: number, onSilent: () => void) {
    this.#graceMs = graceMs;
    this.#onSilent = onSilent;
  }

  /** Something arrived. */
  sign(): void {
    this.#signs += 1;
  }

  /** A call ended without its reply. */
  suspect(): void {
    if (this.#timer !== undefined) return;
    const before = this.#signs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#signs === before) this.#onSilent();
    }, this.#graceMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
