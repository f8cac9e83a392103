/** Rows that changed, known after they are committed. */
export interface Change {
  /** `Product` */
  readonly entity: string;
  /** Keys as text, in the form the repository's `get` takes. */
  readonly keys: readonly string[];
}

export type ChangeListener = (change: Change) => void | Promise<void>;

/** Tells listeners (caches above all) what was committed. A listener's failure never fails the write it hears of. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void = () => {}) {
    this.#onError = onError;
  }

  /** Returns the function that ends the subscription. */
  onChanged(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when every listener has done its work; undefined, without a turn of the event loop, when nobody listens. */
  emit(entity: string, keys: readonly string[]): Promise<void> | undefined {
    return this.#listeners.size === 0 || keys.length === 0
      ? undefined
      : this.#tell({ entity, keys });
  }

  async #tell(change: Change): Promise<void> {
    await Promise.all(
      [...this.#listeners].map(async (listener) => {
        try {
          await listener(change);
        } catch (error) {
          this.#onError(error);
        }
      }),
    );
  }
}

/** Collects the changes of a transaction; they are told after COMMIT, or dropped with it. */
export class ChangeBuffer {
  readonly #keys = new Map<string, Set<string>>();

  add(entity: string, keys: readonly string[]): void {
    const known = this.#keys.get(entity);
    if (known === undefined) this.#keys.set(entity, new Set(keys));
    else for (const key of keys) known.add(key);
  }

  async flush(feed: ChangeFeed): Promise<void> {
    const told = [...this.#keys].map(([entity, keys]) => feed.emit(entity, [...keys]));
    this.#keys.clear();
    await Promise.all(told);
  }
}
