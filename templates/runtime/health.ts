import { waitAtMost } from "./deadline.ts";
import { faultOf, isDataError } from "./errors.ts";

/** State of one store as a probe sees it. */
export type HealthState = "up" | "degraded" | "down" | "starting";

export interface StoreHealth {
  readonly store: string;
  readonly engine: string;
  readonly state: HealthState;
  /** Milliseconds the check took. */
  readonly latencyMs: number;
  /** Why, in a few words; no secrets, no host credentials. */
  readonly detail?: string;
}

export interface HealthReport {
  readonly probe: "live" | "ready" | "startup";
  readonly ok: boolean;
  /** The worst of the stores, of which one that only caches is no worse than degraded. */
  readonly state: HealthState;
  readonly stores: readonly StoreHealth[];
}

/** What a probe asks. An `OpenedStore` is one. */
export interface HealthSource {
  readonly name: string;
  readonly engine: string;
  /** True of a store that only caches: while it is away, its calls are answered from where they are cached from. */
  readonly dispensable?: boolean;
  health(): Promise<StoreHealth>;
  load?(): Promise<unknown>;
  unapplied?(): Promise<readonly string[] | undefined>;
}

/** Milliseconds that a probe waits for what stores start in this process. */
const loadPatienceMs = 15_000;

/**
 * Liveness, readiness and start-up of a data layer. No probe ever rejects or outlasts its timeout; the first waits, for 15 s at most, until
 * drivers are loaded and databases in process are started, which would cost any store its answer.
 */
export class HealthMonitor {
  readonly #sources: readonly HealthSource[];
  readonly #timeoutMs: number;
  readonly #started = new Set<string>();

  constructor(sources: readonly HealthSource[], timeoutMs = 1_000) {
    this.#sources = sources;
    this.#timeoutMs = timeoutMs;
  }

  /** The process answers; asks no store. */
  live(): HealthReport {
    return { probe: "live", ok: true, state: "up", stores: [] };
  }

  /** Every store answers that is no mere cache; degraded is ready. */
  async ready(): Promise<HealthReport> {
    return this.#report("ready", await this.#all((source) => source.health()));
  }

  /** Every store that is no mere cache was reached once, and all have the migrations the code expects. What has started stays started. */
  async startup(): Promise<HealthReport> {
    return this.#report("startup", await this.#all((source) => this.#start(source)));
  }

  async #all(ask: (source: HealthSource) => Promise<StoreHealth>): Promise<StoreHealth[]> {
    await loaded(this.#sources);
    return Promise.all(this.#sources.map((source) => bounded(source, ask, this.#timeoutMs)));
  }

  #report(probe: HealthReport["probe"], stores: readonly StoreHealth[]): HealthReport {
    const weights = stores.map(({ state }, at) =>
      fromBest.indexOf(this.#sources[at]?.dispensable === true ? atWorstDegraded(state) : state),
    );
    const state = fromBest[Math.max(0, ...weights)] ?? "down";
    return { probe, ok: state === "up" || state === "degraded", state, stores };
  }

  async #start(source: HealthSource): Promise<StoreHealth> {
    if (this.#started.has(source.name)) return describe(source, "up", 0, "started");
    const health = await source.health();
    if (health.state === "down") return { ...health, state: "starting" };
    const missing = await missingOf(source);
    if (typeof missing === "string") return { ...health, state: "starting", detail: missing };
    this.#started.add(source.name);
    if (missing !== undefined || source.unapplied === undefined) return health;
    const untold = "migrations do not come with this code, so none was looked for";
    return {
      ...health,
      detail: health.detail === undefined ? untold : `${health.detail}; ${untold}`,
    };
  }
}

/** The migrations of a source: why it may not start, nothing missing, or undefined when nobody can say. */
async function missingOf(source: HealthSource): Promise<string | [] | undefined> {
  try {
    const missing = await source.unapplied?.();
    if (missing === undefined) return undefined;
    return missing.length === 0 ? [] : `not applied: ${missing.join(", ")}`;
  } catch (error) {
    // Without a hint there is nothing to tell that the kind does not say.
    if (!isDataError(error) || error.hint === undefined) throw error;
    return `${error.message}; ${error.hint}`;
  }
}

/** What fails to load fails again when its store is asked. */
async function loaded(sources: readonly HealthSource[]): Promise<void> {
  await waitAtMost(
    loadPatienceMs,
    Promise.allSettled(sources.map(async (source) => source.load?.())),
  );
}

/** Asks one store, for the timeout at most; a check that fails or hangs is a store that is down. */
async function bounded(
  source: HealthSource,
  ask: (source: HealthSource) => Promise<StoreHealth>,
  timeoutMs: number,
): Promise<StoreHealth> {
  const began = performance.now();
  const down = (detail: string) =>
    describe(source, "down", Math.round(performance.now() - began), detail);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<StoreHealth>((resolve) => {
    const late = (): void => resolve(down(`no answer within ${timeoutMs} ms`));
    // After a busy event loop timers come before answers that have long arrived.
    timer = setTimeout(() => setImmediate(late), timeoutMs);
  });
  try {
    return await Promise.race([ask(source), timeout]);
  } catch (error) {
    // A foreign error's text may hold a DSN: only the kind is told.
    return down(reasonOf(error) ?? "the health check failed");
  } finally {
    clearTimeout(timer);
  }
}

/** Why a call to a store failed, in a few words without values and secrets: `unavailable (ECONNREFUSED)`. */
export function reasonOf(error: unknown): string | undefined {
  if (!isDataError(error)) return undefined;
  const told = faultOf(error)?.message ?? error.kind;
  return error.code === undefined ? told : `${told} (${error.code})`;
}

/** The answer of a store that is down, with where it was looked for. */
export function located(health: StoreHealth, address: string | undefined): StoreHealth {
  if (health.state !== "down" || address === undefined) return health;
  return {
    ...health,
    detail: health.detail === undefined ? address : `${address}: ${health.detail}`,
  };
}

function describe(
  source: HealthSource,
  state: HealthState,
  latencyMs: number,
  detail: string,
): StoreHealth {
  return { store: source.name, engine: source.engine, state, latencyMs, detail };
}

const fromBest: readonly HealthState[] = ["up", "degraded", "starting", "down"];

const atWorstDegraded = (state: HealthState): HealthState => (state === "up" ? "up" : "degraded");
