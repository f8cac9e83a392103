import type { Attempt } from "../../runtime/call.ts";
import type { DataError } from "../../runtime/errors.ts";
import { notBuilt, otherVersion } from "../../runtime/view-built.ts";
import { type Hit, lackingIn, neverBuilt, part } from "./answer.ts";
import type { HttpClient } from "./client.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { typeOf } from "./errors.ts";
import { type Generation, Generations } from "./generation.ts";
import { lackingOf } from "./view-shape.ts";

/** Milliseconds for which what was found is believed: a rebuild or another deployment may move the alias. */
const believedMs = 30_000;

type View = ViewDeclaration<unknown>;
/** What tells whether a view fits; every declaration has it. */
type Watched = Omit<View, "encode" | "decode">;

/** Nobody may see how it was made. */
type Unseen = "unseen";

interface Believed {
  readonly until: number;
  /** Undefined where nobody may see it. */
  readonly index: string | undefined;
}

/**
 * Whether the items that answer have what this code searches, compares and gives back. Words or values of a property that they lack under its
 * name find nothing, which would be an answer like any other.
 */
export class ViewFit {
  readonly #http: HttpClient;
  readonly #prefix: string;
  readonly #views = new Map<string, Watched>();
  readonly #believed = new Map<string, Believed>();

  constructor(http: HttpClient, prefix: string) {
    this.#http = http;
    this.#prefix = prefix;
  }

  /** A view of the store: its items belong to the store's health. */
  watch(view: Watched): void {
    this.#views.set(view.alias, view);
  }

  /** @throws DataError unavailable when the items that answer lack what this code needs */
  async check(view: Watched, attempt: Attempt): Promise<void> {
    const known = this.#believed.get(view.alias);
    if (known === undefined || performance.now() >= known.until) await this.#look(view, attempt);
  }

  /**
   * Hits came out of the index that was checked; else, and where there are none, the alias may have moved since.
   *
   * @throws DataError as `check`
   */
  async confirm(view: Watched, hits: readonly Hit[], attempt: Attempt): Promise<void> {
    const known = this.#believed.get(view.alias);
    if (known !== undefined && known.index === undefined) return;
    if (hits.length > 0 && hits.every(({ index }) => index === known?.index)) return;
    await this.#look(view, attempt);
  }

  /** What is wrong with the items that answer, or that there are none; undefined where nothing is. */
  async misfit(attempt: Attempt): Promise<string | undefined> {
    const found = await Promise.all(
      [...this.#views.values()].map(async (view) => {
        const { message, hint } = (await this.#wrong(view, attempt)) ?? {};
        return message === undefined ? [] : [`${message}; ${String(hint)}`];
      }),
    );
    return found.flat()[0];
  }

  async #look(view: Watched, attempt: Attempt): Promise<void> {
    this.#believed.delete(view.alias);
    const live = await this.#live(view, attempt);
    // The search itself says that nothing is there.
    if (live === undefined) return;
    const lacking = live === "unseen" ? undefined : unfit(view, live);
    if (lacking !== undefined) throw notBuilt(view.view, otherVersion(lacking));
    const index = live === "unseen" ? undefined : live.index;
    this.#believed.set(view.alias, { until: performance.now() + believedMs, index });
  }

  async #wrong(view: Watched, attempt: Attempt): Promise<DataError | undefined> {
    const live = await this.#live(view, attempt);
    if (live === undefined) return neverBuilt(view.view);
    if (live === "unseen" || live.definition === view.definition) return undefined;
    const lacking = unfit(view, live) ?? lackingIn(view, await this.#anyItem(live, attempt));
    return lacking === undefined ? undefined : notBuilt(view.view, otherVersion(lacking));
  }

  async #live({ alias }: Watched, attempt: Attempt): Promise<Generation | Unseen | undefined> {
    try {
      return await new Generations(this.#http, `${this.#prefix}${alias}`).live(attempt);
    } catch (error) {
      if (typeOf(error) === "security_exception") return "unseen";
      throw error;
    }
  }

  /** All items of a generation were made by the same code, until a writer replaces them. */
  async #anyItem({ index }: Generation, attempt: Attempt): Promise<object | undefined> {
    const query = { bool: { must_not: [{ exists: { field: "deleted" } }] } };
    const body = { query, size: 1, track_total_hits: false };
    const path = `/${encodeURIComponent(index)}/_search`;
    const hits = part(
      await this.#http.send({ method: "POST", path, body }, attempt),
      "hits",
      "hits",
    );
    const item = part(Array.isArray(hits) ? hits[0] : undefined, "_source", "item");
    return typeof item === "object" && item !== null ? item : undefined;
  }
}

/** A property that the items of a generation lack, as far as its index tells. */
const unfit = (view: Watched, live: Generation): string | undefined =>
  Object.keys(view.item).find((name) => live.lacking.includes(name)) ?? lackingOf(view, live);
