import type { Ir, StoreIr } from "../../ir/types.ts";
import type { ComposeService } from "../engine.ts";

interface Setting {
  readonly name: string;
  readonly value: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** What each of the settings is for; which of them a server gets is decided by what its store holds. */
export const settings: readonly Setting[] = [
  {
    name: "maxmemory-policy",
    value: "noeviction for records, else the cache's eviction",
    reason:
      "a server has one policy: one that evicts would throw records away, one that does not would refuse a full cache's writes (RD-04)",
  },
  {
    name: "maxmemory",
    value: "twice the records after growth, or the caches' memory",
    reason:
      "keys, fields and the allocator take about as much again as small values; a machine needs as much once more for the fork of the append-only file (RD-11)",
  },
  {
    name: "appendonly",
    value: "yes for records, no for caches",
    reason:
      "without the file a crash loses what was written since the last snapshot; what a cache holds is read again (RD-03)",
  },
  {
    name: "appendfsync",
    value: "everysec, or always where rpoSeconds is below 1",
    reason: "everysec loses at most a second; always costs a disk write for every command (RD-03)",
  },
  {
    name: "save",
    value: "empty",
    reason:
      "snapshots beside the append-only file cost a second fork and are needed for nothing here",
  },
];

const mebibyte = 1_048_576;
const firstPort = 6_379;

/** Settings of a server that holds this store, as `name value` pairs. */
export function serverSettings(store: StoreIr): readonly (readonly [string, string])[] {
  if (!store.ports.includes("keyvalue")) {
    const caches = store.views.flatMap((view) => (view.port === "cache" ? [view] : []));
    const bytes = caches.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0);
    return [
      ["save", ""],
      ["appendonly", "no"],
      ["maxmemory", bytes === 0 ? "256mb" : megabytes(bytes)],
      ["maxmemory-policy", caches[0]?.eviction ?? "allkeys-lru"],
    ];
  }
  const { datasetBytes, rpoSeconds = 1 } = store;
  return [
    ["save", ""],
    ["appendonly", "yes"],
    ["appendfsync", rpoSeconds < 1 ? "always" : "everysec"],
    ...(datasetBytes === undefined
      ? []
      : [["maxmemory", megabytes(Math.max(datasetBytes * 2, 64 * mebibyte))] as const]),
    ["maxmemory-policy", "noeviction"],
  ];
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / mebibyte)}mb`;

/** Where a store stands among those of its engine: a second one needs a server, a name and a port of its own. */
export function placeOf(store: StoreIr, ir: Ir): { readonly at: number; readonly suffix: string } {
  const siblings = ir.stores.filter(({ engine }) => engine === store.engine);
  const at = siblings.findIndex(({ name }) => name === store.name);
  return { at, suffix: siblings.length === 1 ? "" : `-${store.name}` };
}

/** One server per store. */
export function compose(store: StoreIr, ir: Ir): ComposeService {
  const { at, suffix } = placeOf(store, ir);
  const port = firstPort + at;
  const own = at === 0 ? [] : ["--port", String(port)];
  return {
    service: `redis${suffix}`,
    image: "redis:8.4",
    port,
    environment: {},
    command: [
      "redis-server",
      ...own,
      ...serverSettings(store).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    healthcheck: ["CMD", "redis-cli", ...(at === 0 ? [] : ["-p", String(port)]), "ping"],
  };
}
