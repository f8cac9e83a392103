import type { ChangeListener } from "../../runtime/changes.ts";
import type { CacheStore } from "../../runtime/entity-cache.ts";
import type { StoreHealth } from "../../runtime/health.ts";
import type { OpRuntime } from "../../runtime/op.ts";
import {
  opRuntime,
  type OpenedStore,
  type RuntimeContext,
  type StoreConfig,
} from "../../runtime/store.ts";
import { classify } from "./errors.ts";

/** A cache in this process: nothing to connect to, nothing shared, gone with the process. */
export function openMemory(
  identity: { readonly name: string; readonly namespace: string },
  config: Pick<StoreConfig, "deadlineMs">,
  context: RuntimeContext,
): MemoryStore {
  return new MemoryStore(
    identity.name,
    opRuntime({ store: identity.name, system: "memory" }, classify, config, context),
  );
}

export class MemoryStore implements OpenedStore, CacheStore {
  readonly name: string;
  readonly engine = "memory";
  /** What the application sees of it. */
  readonly store: this = this;
  /** A cache is the authority of nothing. */
  readonly repositories = {};
  readonly runtime: OpRuntime;

  constructor(name: string, runtime: OpRuntime) {
    this.name = name;
    this.runtime = runtime;
  }

  health(): Promise<StoreHealth> {
    return Promise.resolve({ store: this.name, engine: this.engine, state: "up", latencyMs: 0 });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  onChanged(_listener: ChangeListener): () => void {
    return () => {};
  }
}
