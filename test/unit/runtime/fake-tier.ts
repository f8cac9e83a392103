import type { CacheTier, Invalidation, TierAnswer } from "../../../templates/runtime/cache.ts";
import { matchesGlob } from "../../../templates/runtime/glob.ts";

/** A shared level in memory that keeps the port's promise: an invalidation ends leases. `step` lets a test delay every effect and every answer. */
export class FakeTier {
  readonly entries = new Map<
    string,
    { readonly entry: string; readonly tags: readonly string[] }
  >();
  readonly leases = new Map<string, string>();
  readonly listeners = new Map<FakeTierClient, (what: Invalidation) => void>();
  readonly step: (name: string) => Promise<unknown>;
  granted = 0;

  constructor(step: (name: string) => Promise<unknown> = () => Promise.resolve()) {
    this.step = step;
  }

  client(): FakeTierClient {
    return new FakeTierClient(this);
  }

  remove(what: Invalidation): void {
    if ("keys" in what) {
      for (const key of what.keys) {
        this.entries.delete(key);
        this.leases.delete(key);
      }
      return;
    }
    this.leases.clear();
    for (const [key, { tags }] of this.entries) {
      const named =
        "all" in what || ("tag" in what ? tags.includes(what.tag) : matchesGlob(what.pattern, key));
      if (named) this.entries.delete(key);
    }
  }
}

export class FakeTierClient implements CacheTier {
  readonly #tier: FakeTier;
  coherent = true;
  fail = false;
  hang = false;
  calls = 0;

  constructor(tier: FakeTier) {
    this.#tier = tier;
  }

  async read(key: string, leaseMs: number): Promise<TierAnswer> {
    await this.#arrive("read");
    const found = this.#tier.entries.get(key);
    const answer: TierAnswer =
      found === undefined
        ? { lease: leaseMs > 0 ? this.#grant(key) : undefined }
        : { entry: found.entry };
    await this.#tier.step("read answered");
    return answer;
  }

  async fill(
    key: string,
    lease: string,
    entry: string,
    _ttlMs: number,
    tags: readonly string[],
  ): Promise<boolean> {
    await this.#arrive("fill");
    const held = this.#tier.leases.get(key) === lease;
    if (held) {
      this.#tier.entries.set(key, { entry, tags });
      this.#tier.leases.delete(key);
    }
    await this.#tier.step("fill answered");
    return held;
  }

  async put(key: string, entry: string, _ttlMs: number, tags: readonly string[]): Promise<void> {
    await this.#arrive("put");
    this.#tier.leases.delete(key);
    this.#tier.entries.set(key, { entry, tags });
    await this.#tier.step("put answered");
  }

  async invalidate(what: Invalidation): Promise<void> {
    await this.#arrive("invalidate");
    this.#tier.remove(what);
    for (const [client, listener] of this.#tier.listeners)
      if (client !== this) void this.#tier.step("message").then(() => listener(what));
    await this.#tier.step("invalidate answered");
  }

  onInvalidated(listener: (what: Invalidation) => void): () => void {
    this.#tier.listeners.set(this, listener);
    return () => this.#tier.listeners.delete(this);
  }

  #grant(key: string): string | undefined {
    if (this.#tier.leases.has(key)) return undefined;
    const lease = `${++this.#tier.granted}`;
    this.#tier.leases.set(key, lease);
    return lease;
  }

  async #arrive(name: string): Promise<void> {
    this.calls += 1;
    if (this.hang) await new Promise(() => {});
    if (this.fail) throw new Error("connection refused");
    await this.#tier.step(name);
  }
}
