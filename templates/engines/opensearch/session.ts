import { type Attempt, callOp } from "../../runtime/call.ts";
import { isDataError, programmingError } from "../../runtime/errors.ts";
import { keyset, pageLimit, pageOf } from "../../runtime/keyset.ts";
import type { Neighbour } from "../../runtime/hybrid.ts";
import type { OpRuntime, OpSpec } from "../../runtime/op.ts";
import type { Page, PageRequest, ReadOptions } from "../../runtime/options.ts";
import {
  type Counts,
  countsOf,
  foundOf,
  type Hit,
  hitsOf,
  isCutOff,
  neverBuilt,
} from "./answer.ts";
import type { Answer, HttpClient } from "./client.ts";
import type {
  NearestDeclaration,
  SearchDeclaration,
  TextDeclaration,
  ViewDeclaration,
} from "./declaration.ts";
import { checkedVector } from "./vector.ts";
import { typeOf } from "./errors.ts";
import type { Clause } from "./filter.ts";
import { fusedByRank, type KeyedNeighbour, ranked, withoutKey } from "./neighbours.ts";
import { anchored, closePit, isOver, openPit, type PitSearch } from "./pit.ts";
import {
  filtered,
  nearestBody,
  noCounts,
  scoredAlike,
  searchBody,
  wholeAnswer,
} from "./search-body.ts";
import { textQuery } from "./text-query.ts";
import type { ViewFit } from "./view-fit.ts";

/** What a session needs of its store. */
export interface SearchConnection {
  readonly runtime: OpRuntime;
  readonly http: HttpClient;
  /** Put before every name on the cluster; empty, or ends with a dash. */
  readonly prefix: string;
  readonly fit: ViewFit;
}

/** The facets of an answer in the form of their port. */
export type FacetsOf<F> = (counts: Counts) => F;

interface Asked {
  readonly answer: Answer;
  readonly hits: readonly Hit[];
}

interface Counted<A> {
  readonly answer: A;
  readonly counts: Counts;
}

/** Made while the call runs: a value that cannot be compared rejects it. */
export type Filters = () => readonly Clause[];

/** Documents a search without pages gives at most: `index.max_result_window`. */
const unpagedLimit = 10_000;
const defaultNeighbours = 10;

/** Reads of the views of one store, for all tenants' views or those of one tenant. Rejects with a `DataError` only. */
export class SearchSession {
  readonly connection: SearchConnection;
  readonly #tenant: string | undefined;

  constructor(connection: SearchConnection, tenant?: string) {
    this.connection = connection;
    this.#tenant = tenant;
  }

  /** All hits, best first, at most 10,000. @throws DataError programming when there are more */
  async list<T, H>(
    method: SearchDeclaration<T, H>,
    text: string,
    filters: Filters,
    options?: ReadOptions,
  ): Promise<readonly H[]> {
    return (await this.#all(method, text, filters, options)).answer;
  }

  /** The same with the counts of the facets. */
  async listCounted<T, H, F>(
    method: SearchDeclaration<T, H>,
    facets: FacetsOf<F>,
    text: string,
    filters: Filters,
    options?: ReadOptions,
  ): Promise<{ readonly items: readonly H[]; readonly facets: F }> {
    const { answer, counts } = await this.#all(method, text, filters, options);
    return { items: answer, facets: facets(counts) };
  }

  /** One keyset page, best first. @throws DataError programming for a cursor of another search */
  async page<T, H>(
    method: SearchDeclaration<T, H>,
    text: string,
    filters: Filters,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<H>> {
    return (await this.#part(method, text, filters, page, options)).answer;
  }

  /** The same with the counts of the facets, which are of the whole answer on every page. */
  async pageCounted<T, H, F>(
    method: SearchDeclaration<T, H>,
    facets: FacetsOf<F>,
    text: string,
    filters: Filters,
    page: PageRequest,
    options?: ReadOptions,
  ): Promise<Page<H> & { readonly facets: F }> {
    const { answer, counts } = await this.#part(method, text, filters, page, options);
    return { ...answer, facets: facets(counts) };
  }

  /**
   * The nearest, nearest first; with `text`, the ranks of both sides fused.
   *
   * @throws DataError programming for a vector of other dimensions
   */
  nearest<T>(
    method: NearestDeclaration<T>,
    vector: Float32Array,
    filters: Filters,
    options?: ReadOptions & {
      readonly limit?: number | undefined;
      readonly text?: string | undefined;
    },
  ): Promise<readonly Neighbour<T>[]> {
    return this.#call(method.of, method, options, async (attempt) => {
      const limit = pageLimit(method.operation, options?.limit ?? defaultNeighbours);
      const elements = checkedVector(vector, method.dimensions, method.metric);
      const clauses = filters();
      await this.connection.fit.check(method.of, attempt);
      const scoped = this.#scoped(method.of, clauses);
      const nearest = async (size: number): Promise<readonly KeyedNeighbour<T>[]> => {
        const body = nearestBody(method, elements, scoped, size);
        const { hits } = await this.#ask(method.of, body, attempt, wholeAnswer);
        return ranked(method, vector, hits);
      };
      const { searched } = method;
      const { text } = options ?? {};
      if (text === undefined || searched === undefined)
        return (await nearest(limit)).slice(0, limit).map(withoutKey);
      const found = (size: number): Promise<readonly Hit[]> =>
        this.#texts(method, searched, text, scoped, size, attempt);
      return fusedByRank(method, vector, { limit, nearest, found });
    });
  }

  #all<T, H>(
    method: SearchDeclaration<T, H>,
    text: string,
    filters: Filters,
    options: ReadOptions | undefined,
  ): Promise<Counted<readonly H[]>> {
    return this.#call(method.of, method, options, async (attempt) => {
      const query = await this.#query(method, text, filters(), attempt);
      if (query === undefined) return { answer: [], counts: noCounts(method.facets) };
      const { answer, hits } = await this.#ask(
        method.of,
        searchBody(method, query, unpagedLimit, true),
        attempt,
      );
      if (isCutOff(answer))
        throw programmingError("more than 10,000 hits; declare page: keyset for this search");
      return {
        answer: hits.map((hit) => method.hit(foundOf(method.of, hit))),
        counts: countsOf(answer, method.facets),
      };
    });
  }

  #part<T, H>(
    method: SearchDeclaration<T, H>,
    text: string,
    filters: Filters,
    page: PageRequest,
    options: ReadOptions | undefined,
  ): Promise<Counted<Page<H>>> {
    return this.#call(method.of, method, options, async (attempt) => {
      const { operation } = method;
      const asked = pageOf(operation, page);
      const limit = pageLimit(operation, asked.limit);
      const cursors = keyset(operation, "score, key", 3, "search");
      const clauses = filters();
      const answer = [this.#tenant, text, clauses];
      const after = asked.after === undefined ? undefined : cursors.decode(asked.after, answer);
      const query = await this.#query(method, text, clauses, attempt);
      if (query === undefined) return { answer: { items: [] }, counts: noCounts(method.facets) };
      const body = searchBody(method, query, limit + 1, false);
      const [score = null, key = null, pit = null] = after ?? [];
      const found =
        score === null || key === null
          ? { ...(await this.#ask(method.of, body, attempt)), pit: null }
          : await this.#further(method.of, body, { score, key, pit }, attempt);
      const { hits } = found;
      const items = hits.slice(0, limit).map((hit) => method.hit(foundOf(method.of, hit)));
      const last = hits[limit - 1];
      const counts = countsOf(found.answer, method.facets);
      if (hits.length > limit && last !== undefined)
        return {
          answer: { items, next: cursors.encode(positionOf(last, found.pit), answer) },
          counts,
        };
      if (found.pit !== null) closePit(this.connection, found.pit);
      return { answer: { items }, counts };
    });
  }

  /** The other side of a fusion: documents of the same index by their text. */
  async #texts<T>(
    { of, field }: NearestDeclaration<T>,
    searched: TextDeclaration,
    text: string,
    filters: readonly Clause[],
    size: number,
    attempt: Attempt,
  ): Promise<readonly Hit[]> {
    const query = textQuery(text, searched);
    if (query === undefined) return [];
    const present = { exists: { field: `item.${field}` } };
    const body = {
      query: filtered(query, [present, ...filters]),
      size,
      sort: [{ _score: "desc" }, { key: "asc" }],
      track_total_hits: false,
    };
    return (await this.#ask(of, body, attempt)).hits;
  }

  /** A page after the first: out of the point in time that the cursor names, or a new one where that is over. */
  async #further<T>(
    view: ViewDeclaration<T>,
    body: Clause,
    from: PitSearch,
    attempt: Attempt,
  ): Promise<Asked & { readonly pit: string | null }> {
    const confirmed = async (found: Awaited<ReturnType<typeof anchored>>) => ({
      ...found,
      ...(await this.#confirmed(view, found.answer, attempt)),
    });
    if (from.pit !== null) {
      try {
        return await confirmed(
          await anchored(this.connection, body, { ...from, pit: from.pit }, attempt),
        );
      } catch (error) {
        if (!isOver(error)) throw error;
      }
    }
    const pit = await openPit(this.connection, this.#index(view), this.#routing(view), attempt);
    return confirmed(await anchored(this.connection, body, { ...from, pit, moved: true }, attempt));
  }

  async #ask<T>(
    view: ViewDeclaration<T>,
    body: Clause,
    attempt: Attempt,
    how: typeof wholeAnswer = scoredAlike,
  ): Promise<Asked> {
    const answer = await this.connection.http.send(
      {
        method: "POST",
        path: `/${encodeURIComponent(this.#index(view))}/_search`,
        query: { ...how, ...this.#routing(view) },
        body,
      },
      attempt,
    );
    return this.#confirmed(view, answer, attempt);
  }

  async #confirmed<T>(view: ViewDeclaration<T>, answer: Answer, attempt: Attempt): Promise<Asked> {
    const hits = hitsOf(answer);
    await this.connection.fit.confirm(view, hits, attempt);
    return { answer, hits };
  }

  #index<T>({ alias }: ViewDeclaration<T>): string {
    return `${this.connection.prefix}${alias}`;
  }

  /** All documents of a tenant lie in one shard. */
  #routing<T>(view: ViewDeclaration<T>): Readonly<Record<string, string>> {
    return view.tenantScoped ? { routing: this.#tenantOf(view) } : {};
  }

  async #query<T, H>(
    { of, searched }: SearchDeclaration<T, H>,
    text: string,
    filters: readonly Clause[],
    attempt: Attempt,
  ): Promise<Clause | undefined> {
    const query = textQuery(text, searched);
    if (query === undefined) return undefined;
    await this.connection.fit.check(of, attempt);
    return filtered(query, this.#scoped(of, filters));
  }

  /** Every query of a view with tenants names one. */
  #scoped<T>(view: ViewDeclaration<T>, filters: readonly Clause[]): readonly Clause[] {
    if (!view.tenantScoped) return filters;
    return [{ term: { tenant: { value: this.#tenantOf(view) } } }, ...filters];
  }

  #tenantOf<T>({ view }: ViewDeclaration<T>): string {
    if (this.#tenant !== undefined) return this.#tenant;
    throw programmingError(`${view}: belongs to a tenant; call it on forTenant(id)`);
  }

  #call<T, R>(
    view: ViewDeclaration<T>,
    spec: OpSpec,
    options: ReadOptions | undefined,
    work: (attempt: Attempt) => Promise<R>,
  ): Promise<R> {
    return callOp(this.connection.runtime, spec, options, (attempt) =>
      work(attempt).catch((error: unknown) => {
        if (!isDataError(error) && typeOf(error) === "index_not_found_exception")
          throw neverBuilt(view.view);
        throw error;
      }),
    );
  }
}

/** Where the next page begins. */
const positionOf = ({ sort: [score, key] }: Hit, pit: string | null) => [
  String(score),
  String(key),
  pit,
];
