/** Rows that changed, known after they are committed. */
export interface Change {
  /** `Product` */
  readonly entity: string;
  /** Keys as text, in the form the repository's `get` takes. */
  readonly keys: readonly string[];
  /** Any row of the entity may have changed: a write whose keys the store makes was left in doubt. */
  readonly all?: true;
}

/** Keys, or `all` when they are not known. */
export type ChangedKeys = readonly string[] | "all";

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

  /** Whether anybody listens: where nobody does, the keys of what changed need not be made. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Resolves when every listener has done its work; undefined, without a turn of the event loop, when nobody listens. */
  emit(entity: string, keys: ChangedKeys): Promise<void> | undefined {
    if (this.#listeners.size === 0 || keys.length === 0) return undefined;
    return this.#tell(keys === "all" ? { entity, keys: [], all: true } : { entity, keys });
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
  readonly #keys = new Map<string, Set<string> | "all">();

  add(entity: string, keys: ChangedKeys): void {
    const known = this.#keys.get(entity);
    if (known === "all") return;
    if (keys === "all") this.#keys.set(entity, keys);
    else if (known === undefined) this.#keys.set(entity, new Set(keys));
    else for (const key of keys) known.add(key);
  }

  async flush(feed: ChangeFeed): Promise<void> {
    const told = [...this.#keys].map(([entity, keys]) =>
      feed.emit(entity, keys === "all" ? keys : [...keys]),
    );
    this.#keys.clear();
    await Promise.all(told);
  }
}
