import type { MongoClientOptions } from "mongodb";
import type { StoreConfig } from "../../runtime/store.ts";

const defaultPool = 10;
const defaultDeadlineMs = 5_000;
const graceMs = 250;

/** Documents are decoded by the adapter's codecs: int64 must not lose digits on its way. */
export const bsonTypes = { promoteLongs: false, ignoreUndefined: true } as const;

/**
 * Options of the driver's client. Its own retries are off, also those for an overloaded server: deadline and retry are the runtime's.
 * Reads give what a majority has, so that no fail-over takes it back, and writes wait for a majority; the DSN may say otherwise.
 */
export function clientOptions(config: StoreConfig): MongoClientOptions {
  const { pool, deadlineMs = defaultDeadlineMs, dsn } = config;
  const said = (name: string): boolean => dsn.parameters.has(name);
  // A caller is told that there is no server, or no free connection, before its deadline strikes: who found none does not look again.
  const patienceMs = Math.ceil(deadlineMs * 0.6);
  return {
    retryWrites: false,
    retryReads: false,
    maxAdaptiveRetries: 0,
    maxPoolSize: pool?.max ?? defaultPool,
    waitQueueTimeoutMS: pool?.acquireTimeoutMs ?? patienceMs,
    serverSelectionTimeoutMS: Math.min(patienceMs, 2_000),
    connectTimeoutMS: Math.min(patienceMs, 2_000),
    socketTimeoutMS: deadlineMs + graceMs,
    ...(pool?.idleTimeoutMs === undefined ? {} : { maxIdleTimeMS: pool.idleTimeoutMs }),
    ...(said("w") ? {} : { writeConcern: { w: "majority" } }),
    ...(said("readConcernLevel") ? {} : { readConcernLevel: "majority" }),
    ...bsonTypes,
  };
}

/** Building an index over a large collection takes as long as it takes. */
export const migrationOptions = (config: StoreConfig): MongoClientOptions => ({
  ...clientOptions(config),
  maxPoolSize: 4,
  socketTimeoutMS: 0,
});
