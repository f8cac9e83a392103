import type { Attempt } from "../../runtime/call.ts";
import { programmingError } from "../../runtime/errors.ts";
import { part } from "./answer.ts";
import type { Answer, HttpClient } from "./client.ts";
import { typeOf, UnexpectedAnswer } from "./errors.ts";
import { unlessThreadDied } from "./faiss.ts";
import { isAbsent } from "./state-index.ts";
import { type ItemShape, type Mapped, mappedIn } from "./view-shape.ts";

/** Settings and mappings of a view's index, as its migration put them on the cluster. */
export interface IndexDefinition {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
}

/** An index that holds one generation of a view. */
export interface Generation {
  readonly index: string;
  /** Fingerprint of the definition it was made with. */
  readonly definition: string | undefined;
  /** Properties that its items do not have before a rebuild, as far as its definition tells. */
  readonly lacking: readonly string[];
  /** What its items look like; an index of an earlier release does not say it. */
  readonly item: ItemShape | undefined;
  readonly mapped: Mapped;
  readonly tenantScoped: boolean;
}

/** The indexes of one view on the cluster; `alias` with the store's prefix. */
export class Generations {
  readonly #http: HttpClient;
  readonly alias: string;

  constructor(http: HttpClient, alias: string) {
    this.#http = http;
    this.alias = alias;
  }

  /** The generation that answers. */
  async live(attempt: Attempt): Promise<Generation | undefined> {
    return (await this.#find(this.alias, attempt))[0];
  }

  /** Every generation there is, oldest first. */
  async all(attempt: Attempt): Promise<readonly Generation[]> {
    const found = await this.#find(`${this.alias}-*`, attempt);
    return found.filter(({ index }) => this.#number(index) > 0);
  }

  /** Those before the one that answers: a copy of them may lack what was written to them last. */
  async older(live: Generation, attempt: Attempt): Promise<readonly Generation[]> {
    const limit = this.#number(live.index);
    return (await this.all(attempt)).filter(({ index }) => this.#number(index) < limit);
  }

  /** Those after it, which were begun and do not answer yet. */
  async newer(live: Generation, attempt: Attempt): Promise<readonly Generation[]> {
    const limit = this.#number(live.index);
    return (await this.all(attempt)).filter(({ index }) => this.#number(index) > limit);
  }

  /** The definition that the migrations have put here. */
  async definition(attempt: Attempt): Promise<IndexDefinition | undefined> {
    try {
      const answer = await this.#send("GET", `/_component_template/${encode(this.alias)}`, attempt);
      const list = part(answer, "component_templates");
      const template = part(
        Array.isArray(list) ? list[0] : undefined,
        "component_template",
        "template",
      );
      // A migration of ours wrote it.
      return template as IndexDefinition;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async define(definition: IndexDefinition, attempt: Attempt): Promise<void> {
    const path = `/_component_template/${encode(this.alias)}`;
    await this.#send("PUT", path, attempt, { template: definition });
  }

  async undefine(attempt: Attempt): Promise<void> {
    await unlessAbsent(this.#send("DELETE", `/_component_template/${encode(this.alias)}`, attempt));
  }

  /** A name after all that there are, and after one that was chosen before. */
  async next(attempt: Attempt, chosen = ""): Promise<string> {
    const numbers = (await this.all(attempt)).map(({ index }) => this.#number(index));
    const number = Math.max(0, this.#number(chosen), ...numbers) + 1;
    return `${this.alias}-${String(number).padStart(4, "0")}`;
  }

  /**
   * An empty generation after all there are, which its owner may fill and publish; it is refreshed when it is published. It is made before
   * others are dropped: a number that came again would take in what is still written to the one that had it.
   */
  async make(
    definition: IndexDefinition,
    owner: string,
    attempt: Attempt,
    name?: string | undefined,
  ): Promise<Generation> {
    const index = name ?? (await this.next(attempt));
    const body = {
      settings: { ...definition.settings, refresh_interval: "-1" },
      mappings: definition.mappings,
      aliases: { [fillingAlias(index, owner)]: {} },
    };
    await this.#send("PUT", `/${encode(index)}`, attempt, body);
    return { index, ...describedBy(definition) };
  }

  /** Makes all that was written to a generation visible, and lets it refresh as it is defined. */
  async open(index: string, definition: IndexDefinition, attempt: Attempt): Promise<void> {
    const interval = part(definition.settings, "index", "refresh_interval") ?? null;
    const settings = { index: { refresh_interval: interval } };
    await this.#send("PUT", `/${encode(index)}/_settings`, attempt, settings);
    await this.refresh(index, attempt);
  }

  /** Makes all that was written to it visible. */
  async refresh(index: string, attempt: Attempt): Promise<void> {
    const refreshed = this.#send("POST", `/${encode(index)}/_refresh`, attempt);
    await unlessThreadDied(this.#http, index, attempt, refreshed);
  }

  /** Ends writing to it, waits for what is being written, and makes it visible. */
  async seal(index: string, attempt: Attempt): Promise<void> {
    await this.#send("PUT", `/${encode(index)}/_block/write`, attempt);
    await this.refresh(index, attempt);
  }

  /**
   * Only the owner fills and publishes it from here on: whoever did before is refused by the cluster, however late it comes.
   *
   * @returns false when somebody else was first, or the generation answers already, or is gone
   */
  takeOver(index: string, owner: string, attempt: Attempt): Promise<boolean> {
    return unlessLost(async () => {
      const found = await this.#send("GET", `/${encode(index)}/_alias`, attempt);
      const names = Object.keys((part(found, index, "aliases") ?? {}) as object);
      const filling = names.filter((name) => name.startsWith(`${index}.`));
      const own = fillingAlias(index, owner);
      if (filling.includes(own)) return;
      if (filling.length === 0) throw new NotFilling();
      const actions = [
        ...filling.map((alias) => ({ remove: { index, alias, must_exist: true } })),
        { add: { index, alias: own } },
      ];
      await this.#send("POST", "/_aliases", attempt, { actions });
    });
  }

  /**
   * In one step, and only while the owner fills it: the alias points to the index instead of the other one, which stays.
   *
   * @returns false when another has taken it over, or the alias points elsewhere
   */
  swap(index: string, owner: string, from: string, attempt: Attempt): Promise<boolean> {
    const actions = [
      { remove: { index: from, alias: this.alias, must_exist: true } },
      { remove: { index, alias: fillingAlias(index, owner), must_exist: true } },
      { add: { index, alias: this.alias } },
    ];
    return unlessLost(() => this.#send("POST", "/_aliases", attempt, { actions }));
  }

  /**
   * In one step, and only while the owner fills it: the alias points to the index, every generation before it is gone.
   *
   * @returns false when another has taken it over
   */
  async publish(index: string, owner: string, attempt: Attempt): Promise<boolean> {
    const own = this.#number(index);
    const before = (await this.all(attempt)).filter((one) => this.#number(one.index) < own);
    const actions = [
      { remove: { index, alias: fillingAlias(index, owner), must_exist: true } },
      { add: { index, alias: this.alias } },
      ...before.map((other) => ({ remove_index: { index: other.index } })),
    ];
    return unlessLost(() => this.#send("POST", "/_aliases", attempt, { actions }));
  }

  async drop(index: string, attempt: Attempt): Promise<void> {
    await unlessAbsent(this.#send("DELETE", `/${encode(index)}`, attempt));
  }

  /** Documents that are items; the marks of deleted ones are none. */
  count(index: string, attempt: Attempt): Promise<number> {
    const query = { bool: { must_not: [{ exists: { field: "deleted" } }] } };
    return this.#count(index, query, attempt);
  }

  /** Documents of every kind. */
  countAll(index: string, attempt: Attempt): Promise<number> {
    return this.#count(index, { match_all: {} }, attempt);
  }

  async #count(index: string, query: object, attempt: Attempt): Promise<number> {
    const answer = await this.#send("POST", `/${encode(index)}/_count`, attempt, { query });
    return Number(part(answer, "count"));
  }

  async #find(name: string, attempt: Attempt): Promise<readonly Generation[]> {
    try {
      const found = await this.#send("GET", `/${encode(name)}/_mapping`, attempt);
      return Object.entries(found)
        .map(([index, told]) => {
          if (part(told, "mappings") === undefined) throw new UnexpectedAnswer();
          return { index, ...describedBy(told) };
        })
        .toSorted((a, b) => this.#number(a.index) - this.#number(b.index));
    } catch (error) {
      if (typeOf(error) === "index_not_found_exception" || isAbsent(error)) return [];
      throw error;
    }
  }

  /** 0 for an index of another view whose name begins alike. */
  #number(index: string): number {
    const rest = index.startsWith(`${this.alias}-`) ? index.slice(this.alias.length + 1) : "";
    return /^\d{4,}$/.test(rest) ? Number(rest) : 0;
  }

  #send(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    attempt: Attempt,
    body?: object,
  ): Promise<Answer> {
    return this.#http.send({ method, path, ...(body === undefined ? {} : { body }) }, attempt);
  }
}

/** What the owner of a generation that does not answer yet writes through; nobody else's is there, so nobody writes by mistake. */
export const fillingAlias = (index: string, owner: string): string => `${index}.${owner}`;

/** Nobody fills the generation any more. */
class NotFilling extends Error {}

const lostTypes: ReadonlySet<string | undefined> = new Set([
  "aliases_not_found_exception",
  "index_not_found_exception",
]);

/** False when the index, or an alias that had to be there, is not. */
async function unlessLost(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof NotFilling || lostTypes.has(typeOf(error))) return false;
    throw error;
  }
}

const encode = (name: string): string => encodeURIComponent(name);

async function unlessAbsent(work: Promise<Answer>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

const incompleteMark = "-incomplete";

/** The definition for a generation whose items lack these properties: it answers, and counts as outdated. */
export function incomplete(
  { settings, mappings }: IndexDefinition,
  lacking: readonly string[],
): IndexDefinition {
  const meta = part(mappings, "_meta");
  const definition = `${String(part(meta, "definition"))}${incompleteMark}`;
  const told = { ...(meta as object), definition, lacking };
  return { settings, mappings: { ...mappings, _meta: told } };
}

/** Whether a generation was made by the definition, incomplete or not. */
export const isMadeBy = ({ definition }: Generation, fingerprint: string | undefined): boolean =>
  definition !== undefined && definition.replace(incompleteMark, "") === fingerprint;

/** Whether items of the generation lack something. */
export const isIncomplete = ({ definition }: Generation): boolean =>
  definition?.endsWith(incompleteMark) === true;

function describedBy(of: unknown): Omit<Generation, "index"> {
  const lacking: unknown = part(of, "mappings", "_meta", "lacking");
  const mappings = part(of, "mappings");
  return {
    definition: fingerprintOf(of),
    lacking: Array.isArray(lacking) ? lacking.map(String) : [],
    // A definition of ours wrote it.
    item: part(mappings, "_meta", "item") as ItemShape | undefined,
    mapped: mappedIn(mappings),
    tenantScoped: part(mappings, "properties", "tenant") !== undefined,
  };
}

/** Every definition of ours names its fingerprint in its mapping. */
export function fingerprintOf(of: unknown): string | undefined {
  const told = part(of, "mappings", "_meta", "definition");
  return typeof told === "string" ? told : undefined;
}

/** The definition on the cluster, if it is the one that this code was generated with. @throws DataError programming */
export function expected(
  definition: IndexDefinition | undefined,
  fingerprint: string,
  view: string,
): IndexDefinition {
  if (definition !== undefined && fingerprintOf(definition) === fingerprint) return definition;
  throw programmingError(
    `the index definition of ${view} on the cluster is not the one of this code`,
    { hint: "npm run db -- migrate up brings it there" },
  );
}
