import type { ChangeListener } from "../../runtime/changes.ts";
import { callOp } from "../../runtime/call.ts";
import { located, reasonOf, type StoreHealth } from "../../runtime/health.ts";
import type { MigrationTarget } from "../../runtime/migrate.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { part } from "./answer.ts";
import { HttpClient } from "./client.ts";
import { classify } from "./errors.ts";
import { searchMigrations } from "./migrations.ts";
import { SearchSession } from "./session.ts";
import { StateIndex } from "./state-index.ts";
import { ViewFit } from "./view-fit.ts";
import type { TargetConnection } from "./view-target.ts";

/** Which store this is. */
export interface SearchIdentity {
  /** Name in the data layer: `search`. */
  readonly name: string;
  /** What its indexes are named after. */
  readonly project: string;
}

/** Opens no connection: the first call does. */
export function openSearchStore(
  identity: SearchIdentity,
  config: StoreConfig,
  context: RuntimeContext,
): SearchStore {
  return new SearchStore(identity, config, context);
}

const unread = "a part of the documents cannot be read";

/** One OpenSearch cluster. It holds derived views only: nothing is written here but what an authority has. */
export class SearchStore implements OpenedStore, TargetConnection {
  readonly name: string;
  readonly engine = "opensearch";
  readonly runtime: OpRuntime;
  readonly http: HttpClient;
  readonly prefix: string;
  readonly project: string;
  readonly state: StateIndex;
  readonly fit: ViewFit;
  /** Reads views of entities that belong to no tenant. */
  readonly session: SearchSession;
  readonly #forgetPool: () => void;

  constructor({ name, project }: SearchIdentity, config: StoreConfig, context: RuntimeContext) {
    const [host] = config.dsn.hosts;
    this.name = name;
    this.project = project;
    this.prefix = config.dsn.path === "" ? "" : `${config.dsn.path}-`;
    const identity = {
      store: name,
      system: "opensearch",
      namespace: config.dsn.path === "" ? undefined : config.dsn.path,
      address: host?.host,
      port: host?.port,
    };
    const runtime = opRuntime(identity, classify, config, context);
    this.runtime = runtime;
    this.http = new HttpClient(config);
    this.state = new StateIndex(this.http, `${this.prefix}${project}.schema`);
    this.fit = new ViewFit(this.http, this.prefix);
    this.session = new SearchSession(this);
    this.#forgetPool = runtime.telemetry.observePool(name, () => this.http.poolState());
  }

  /** Reads views as this tenant. */
  sessionFor(tenant: string): SearchSession {
    return new SearchSession(this, tenant);
  }

  /** Yellow is up: every document is there, some of its copies are not. Items that lack what this code needs are none to rely on. */
  async health(): Promise<StoreHealth> {
    const began = performance.now();
    const answer = (state: StoreHealth["state"], detail?: string): StoreHealth => ({
      store: this.name,
      engine: this.engine,
      state,
      latencyMs: Math.round(performance.now() - began),
      ...(detail === undefined ? {} : { detail }),
    });
    const spec = { operation: `${this.name}.health`, effect: "read" } as const;
    const options = { deadlineMs: 1_000, retry: "never" } as const;
    try {
      const { status, wrong } = await callOp(this.runtime, spec, options, async (attempt) => {
        const path = "/_cluster/health";
        const status = String(
          part(await this.http.send({ method: "GET", path }, attempt), "status"),
        );
        return { status, wrong: status === "red" ? unread : await this.fit.misfit(attempt) };
      });
      if (wrong !== undefined) return answer("degraded", wrong);
      return status === "yellow"
        ? answer("up", "copies of some documents are missing")
        : answer("up");
    } catch (error) {
      return located(answer("down", reasonOf(error)), this.runtime.address);
    }
  }

  migrationTarget(): MigrationTarget {
    return searchMigrations(this);
  }

  close(): Promise<void> {
    this.#forgetPool();
    return this.http.close();
  }

  /** A view is no authority: nothing changes here that another store would have to hear of. */
  onChanged(_listener: ChangeListener): () => void {
    return () => {};
  }
}
