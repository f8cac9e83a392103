import type { Ir, StoreIr } from "../../ir/types.ts";
import type { ComposeService, GivenSetting, ServerSetting, ServicePerStore } from "../engine.ts";

/** What each setting is for, and its values in words: which of them a server gets is decided by what its store holds. */
export const settings = {
  save: {
    value: "empty",
    reason:
      "snapshots beside the append-only file cost a second fork and are needed for nothing here",
  },
  appendonly: {
    value: "yes for records, no for caches",
    reason:
      "without the file a crash loses what was written since the last snapshot; what a cache holds is read again (RD-03)",
  },
  appendfsync: {
    value: "everysec, or always where rpoSeconds is below 1",
    reason: "everysec loses at most a second; always costs a disk write for every command (RD-03)",
  },
  maxmemory: {
    value: "twice the records after growth, or the caches' memory",
    reason:
      "keys, fields and the allocator take about as much again as small values; a machine needs as much once more for the fork of the append-only file (RD-11)",
  },
  "maxmemory-policy": {
    value: "noeviction for records, else the cache's eviction",
    reason:
      "a server has one policy: one that evicts would throw records away, one that does not would refuse a full cache's writes (RD-04)",
  },
} as const satisfies Readonly<Record<string, Omit<ServerSetting, "name">>>;

const given = (name: keyof typeof settings, value: string): GivenSetting => ({
  name,
  value,
  reason: settings[name].reason,
  arguments: [`--${name}`, value],
});

const mebibyte = 1_048_576;
const firstPort = 6_379;

/** Settings of a server that holds this store. */
export function serverSettings(store: StoreIr): readonly GivenSetting[] {
  if (!store.ports.includes("keyvalue")) {
    const caches = store.views.flatMap((view) => (view.port === "cache" ? [view] : []));
    const bytes = caches.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
    return [
      given("save", ""),
      given("appendonly", "no"),
      given("maxmemory", bytes === 0 ? "256mb" : megabytes(bytes)),
      given("maxmemory-policy", caches[0]?.eviction ?? "allkeys-lru"),
    ];
  }
  const { datasetBytes, rpoSeconds = 1 } = store;
  return [
    given("save", ""),
    given("appendonly", "yes"),
    given("appendfsync", rpoSeconds < 1 ? "always" : "everysec"),
    ...(datasetBytes === undefined
      ? []
      : [given("maxmemory", megabytes(Math.max(datasetBytes * 2, 64 * mebibyte)))]),
    given("maxmemory-policy", "noeviction"),
  ];
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / mebibyte)}mb`;

/** Where the server keeps what has to last, if anything has. */
export const lastingData = ({ ports }: StoreIr): { readonly data?: string } =>
  ports.includes("keyvalue") ? { data: "/data" } : {};

/** Where a store stands among those of its engine: a second one needs a server, a name and a port of its own. */
export function placeOf(store: StoreIr, ir: Ir): { readonly at: number; readonly suffix: string } {
  const siblings = ir.stores.filter(({ engine }) => engine === store.engine);
  const at = siblings.findIndex(({ name }) => name === store.name);
  return { at, suffix: siblings.length === 1 ? "" : `-${store.name}` };
}

/** One server per store. */
export const compose: ServicePerStore = {
  settings: Object.entries(settings).map(([name, setting]) => ({ name, ...setting })),
  of: serviceOf,
};

function serviceOf(store: StoreIr, ir: Ir): ComposeService {
  const { at, suffix } = placeOf(store, ir);
  const port = firstPort + at;
  const own = at === 0 ? [] : ["--port", String(port)];
  return {
    service: `redis${suffix}`,
    image: "redis:8.4",
    port,
    environment: {},
    command: ["redis-server", ...own],
    settings: serverSettings(store),
    healthcheck: ["CMD", "redis-cli", ...(at === 0 ? [] : ["-p", String(port)]), "ping"],
    ...lastingData(store),
  };
}
