import type { StoreConfig } from "../../runtime/store.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { connectorOf } from "./connector.ts";
import { PipelinedLane } from "./pipelined-lane.ts";
import { PooledLane } from "./pooled-lane.ts";
import type { Transport } from "./transport.ts";

/**
 * Milliseconds that a statement on a shared connection may wait for a lock, and so hold up those behind it; then it goes on waiting in
 * the pool. Short, because the waits of several statements add up: longer than an ordinary commit takes, no more.
 */
const lockTimeoutMs = 10;

/**
 * Connections of one process: one pipelined for keyed reads, one pipelined for keyed single writes, and a pool for everything whose
 * duration is not known (transactions, lists, search, batches). So `max` + 2 connections per process; ten in the pool unless configured,
 * which keeps eight processes within PostgreSQL's default of 100 connections.
 */
export const serverTransport = (
  name: string,
  config: StoreConfig,
  onError: (error: unknown) => void,
): Transport => {
  const deadlineMs = config.deadlineMs ?? 5_000;
  const { dsn, pool: limits = {} } = config;
  // Deadlines end statements; the server's own limit is for a client that has vanished.
  const statementTimeoutMs = 2 * deadlineMs;
  const shared = connectorOf(dsn, { name, statementTimeoutMs, lockTimeoutMs });
  const reads = new PipelinedLane(shared, onError);
  const writes = new PipelinedLane(shared, onError);
  const pool = new ConnectionPool(
    connectorOf(dsn, { name }),
    {
      max: limits.max ?? 10,
      maxWaiting: 10_000,
      acquireTimeoutMs: limits.acquireTimeoutMs ?? Math.ceil(deadlineMs * 0.6),
      idleTimeoutMs: limits.idleTimeoutMs ?? 30_000,
    },
    onError,
  );
  const pooled = new PooledLane(pool);
  return {
    lanes: { keyedReads: reads, keyedWrites: writes, pooled },
    get probe() {
      const { idle, used, max } = pool.state;
      return idle > 0 || used < max ? pooled : reads;
    },
    source: pool,
    get opened() {
      return (
        reads.connection !== undefined || writes.connection !== undefined || pool.state.idle > 0
      );
    },
    poolState: () => pool.state,
    close: async () => {
      await Promise.all([pool.close(), reads.close(), writes.close()]);
    },
    destroy: (error) => {
      for (const part of [pool, reads, writes]) part.destroy(error);
    },
  };
};
