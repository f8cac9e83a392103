import type { Attempt } from "../../runtime/call.ts";
import { lackingIn, notBuilt, otherVersion, part } from "./answer.ts";
import type { HttpClient } from "./client.ts";
import type { ViewDeclaration } from "./declaration.ts";
import { typeOf } from "./errors.ts";
import { type Generation, Generations } from "./generation.ts";

/** Milliseconds for which what was found is believed: a rebuild or another deployment may move the alias. */
const believedMs = 30_000;

type View = ViewDeclaration<unknown>;
/** What tells whether a view fits; every declaration has it. */
type Watched = Pick<View, "view" | "alias" | "definition" | "required" | "nullable">;

interface Believed {
  readonly until: number;
  readonly generation: Generation | undefined;
}

/**
 * Whether the items that answer have what this code asks them by. A filter on a property that they lack finds nothing, which would be an
 * answer like any other.
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

  /** @param asked properties that are filtered by or counted @throws DataError unavailable when the items that answer lack one of them */
  async check(view: Watched, asked: readonly string[], attempt: Attempt): Promise<void> {
    if (asked.length === 0) return;
    const known = this.#believed.get(view.alias);
    const now = performance.now();
    if (known !== undefined && now < known.until && unasked(known, asked) === undefined) return;
    const found = { until: now + believedMs, generation: await this.#live(view, attempt) };
    const lacking = unasked(found, asked);
    if (lacking === undefined) return void this.#believed.set(view.alias, found);
    this.#believed.delete(view.alias);
    throw notBuilt(view.view, otherVersion(lacking));
  }

  /** What is wrong with the items that answer; undefined where nothing is, or a view is still to be built. */
  async misfit(attempt: Attempt): Promise<string | undefined> {
    const found = await Promise.all(
      [...this.#views.values()].map(async (view) => {
        const lacking = await this.#lacking(view, attempt);
        if (lacking === undefined) return [];
        const { message, hint } = notBuilt(view.view, otherVersion(lacking));
        return [`${message}; ${String(hint)}`];
      }),
    );
    return found.flat()[0];
  }

  async #lacking(view: Watched, attempt: Attempt): Promise<string | undefined> {
    const live = await this.#live(view, attempt);
    if (live === undefined || live.definition === view.definition) return undefined;
    const lacking = [...view.required, ...view.nullable].find((name) =>
      live.lacking.includes(name),
    );
    return lacking ?? lackingIn(view, await this.#anyItem(live, attempt));
  }

  /** Undefined where nothing answers yet, and where nobody may see how it was made. */
  async #live({ alias }: Watched, attempt: Attempt): Promise<Generation | undefined> {
    try {
      return await new Generations(this.#http, `${this.#prefix}${alias}`).live(attempt);
    } catch (error) {
      if (typeOf(error) === "security_exception") return undefined;
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

const unasked = ({ generation }: Believed, asked: readonly string[]): string | undefined =>
  generation &&
  asked.find((name) => generation.lacking.includes(name) || !generation.compared.has(name));
