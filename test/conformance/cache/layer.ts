/** The generated caches of `workloads.yaml` over a source that the suite holds in its hand. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Dsn, DsnRules } from "../../../templates/runtime/dsn.ts";
import type { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import type { OpenedStore, RuntimeContext } from "../../../templates/runtime/store.ts";
import type { GeneratedProject } from "../../support/generated-project.ts";

export interface Item {
  readonly id: string;
  readonly title: string;
  readonly amount: string;
  readonly views: bigint;
  readonly madeAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ReadThrough {
  get(id: string, options?: object): Promise<Item | undefined>;
  invalidate(keys: string | readonly string[]): Promise<void>;
  invalidateAll(): Promise<void>;
  changed(keys: readonly string[], all?: boolean): Promise<void>;
}

export interface Plain {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, options?: object): Promise<void>;
  invalidate(keys: string | readonly string[]): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
  invalidatePattern(pattern: string): Promise<void>;
}

/** The authority: counts what is read from it, may be slow, may fail. */
export class Source {
  readonly items = new Map<string, Item>();
  loads = 0;
  delayMs = 0;
  failure: Error | undefined;

  async get(id: string): Promise<Item | undefined> {
    this.loads += 1;
    const item = this.items.get(id);
    const { failure } = this;
    if (this.delayMs > 0) await sleep(this.delayMs);
    if (failure !== undefined) throw failure;
    return item;
  }
}

/** One data layer's caches: what one process has. */
export interface Instance {
  readonly itemCache: ReadThrough;
  readonly briefCache: ReadThrough;
  readonly scratch: Plain;
  readonly store: OpenedStore;
  /** What had no caller to reject. */
  readonly stray: readonly unknown[];
  close(): Promise<void>;
}

interface Modules {
  readonly open: (config: object, context: RuntimeContext) => OpenedStore;
  readonly Lifecycle: new (options: object) => Lifecycle;
  readonly dsn: (text: string) => Dsn;
  readonly itemCache: (store: OpenedStore, source: Source) => ReadThrough;
  readonly briefCache: (store: OpenedStore, source: Source) => ReadThrough;
  readonly scratch: (store: OpenedStore) => Plain;
}

/** Loads the adapters once; each call of the result opens them anew, as another process would. */
export async function cacheInstances(
  project: GeneratedProject,
  dsn: string | undefined,
): Promise<(source: Source, config?: object) => Instance> {
  const modules = await loadModules(project);
  return (source, config = {}) => {
    const lifecycle = new modules.Lifecycle({ signals: false, drainMs: 1_000 });
    const stray: unknown[] = [];
    const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
    const where = dsn === undefined ? {} : { dsn: modules.dsn(dsn) };
    const store = modules.open({ ...where, ...config }, context);
    lifecycle.onClose(() => store.close());
    return {
      itemCache: modules.itemCache(store, source),
      briefCache: modules.briefCache(store, source),
      scratch: modules.scratch(store),
      store,
      stray,
      close: () => lifecycle.close(),
    };
  };
}

async function loadModules(project: GeneratedProject): Promise<Modules> {
  const folder = "src/data/stores/cache";
  const [store, lifecycle, items, briefs, scratch] = await Promise.all([
    project.load<{ openCache: Modules["open"] }>(`${folder}/store.ts`),
    project.load<{ Lifecycle: Modules["Lifecycle"] }>("src/data/runtime/lifecycle.ts"),
    project.load<{ itemCache: Modules["itemCache"] }>(`${folder}/item-cache.ts`),
    project.load<{ briefCache: Modules["briefCache"] }>(`${folder}/brief-cache.ts`),
    project.load<{ scratch: Modules["scratch"] }>(`${folder}/scratch.ts`),
  ]);
  return {
    open: store.openCache,
    Lifecycle: lifecycle.Lifecycle,
    itemCache: items.itemCache,
    briefCache: briefs.briefCache,
    scratch: scratch.scratch,
    dsn: await dsnParser(project),
  };
}

/** As the project reads its own configuration. */
async function dsnParser(project: GeneratedProject): Promise<Modules["dsn"]> {
  const runtime = await project.load<{ parseDsn(text: string, rules: DsnRules): Dsn }>(
    "src/data/runtime/dsn.ts",
  );
  return (text) =>
    runtime.parseDsn(text, { schemes: [{ scheme: schemeOf(text) }], parameters: [], examples: [] });
}

const schemeOf = (text: string): string => `${text.split(":")[0] ?? ""}:`;
