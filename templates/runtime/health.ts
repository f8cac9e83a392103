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
  /** The worst of the stores. */
  readonly state: HealthState;
  readonly stores: readonly StoreHealth[];
}

/** What a probe asks. An `OpenedStore` is one. */
export interface HealthSource {
  readonly name: string;
  readonly engine: string;
  health(): Promise<StoreHealth>;
  unapplied?(): Promise<readonly string[]>;
}

/** Liveness, readiness and start-up of a data layer. No probe ever rejects or outlasts its timeout. */
export class HealthMonitor {
  readonly #sources: readonly HealthSource[];
  readonly #timeoutMs: number;

  constructor(sources: readonly HealthSource[], timeoutMs = 1_000) {
    this.#sources = sources;
    this.#timeoutMs = timeoutMs;
  }

  /** The process answers; asks no store. */
  live(): HealthReport {
    return { probe: "live", ok: true, state: "up", stores: [] };
  }

  /** Every store answers; degraded is ready. */
  async ready(): Promise<HealthReport> {
    return report("ready", await Promise.all(this.#sources.map((source) => this.#ask(source))));
  }

  /** Every store was reached and has all its migrations. Once true it stays true. */
  async startup(): Promise<HealthReport> {
    return report("startup", await Promise.all(this.#sources.map((source) => this.#ask(source))));
  }

  #ask(source: HealthSource): Promise<StoreHealth> {
    return source.health();
  }
}

const order: readonly HealthState[] = ["up", "degraded", "starting", "down"];

function report(probe: HealthReport["probe"], stores: readonly StoreHealth[]): HealthReport {
  const state = stores.reduce<HealthState>(
    (worst, store) => (order.indexOf(store.state) > order.indexOf(worst) ? store.state : worst),
    "up",
  );
  return { probe, ok: state === "up" || state === "degraded", state, stores };
}
