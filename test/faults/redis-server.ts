import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, describe } from "vitest";
import redis from "../../src/engines/redis/index.ts";
import { openRedis, type RedisStore } from "../../templates/engines/redis/store.ts";
import { parseDsn } from "../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../templates/runtime/store.ts";
import { redisFramer } from "../engines/redis/frames.ts";
import {
  columnOf,
  isMissing,
  type PrivateServer,
  privateServer,
  type ServerNeed,
} from "../engines/servers.ts";
import { cell } from "../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { stopwatch } from "../support/stopwatch.ts";

/** Runs a suite on a server of its own, or records why it cannot run. */
export async function onPrivateRedis(
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> {
  const server = await privateServer("redis", need);
  const proof = { port: "driver", engine: columnOf(server), method: name };
  if (isMissing(server)) {
    cell(proof, { kind: "not proven", why: server.reason });
    describe.skip(name, () => {});
    return;
  }
  afterAll(() => server.stop());
  describe(name, () => {
    afterEach(({ task }) => {
      cell(proof, { kind: task.result?.state === "fail" ? "failed" : "proven" });
    });
    suite(server);
  });
}

/** A fault proxy before a server that knows which reply is whose. */
export const proxyTo = (dsn: string, seed = 1): Promise<FaultProxy> =>
  startFaultProxy({ target: dsn, framer: redisFramer, seed });

export interface OpenedRedis {
  readonly store: RedisStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: unknown[];
  close(): Promise<void>;
}

/** How a store is opened, where it is not one server of caches. */
export interface StoreKind {
  readonly open?: typeof openRedis;
  /** It holds records. */
  readonly authority?: boolean;
}

/** A store as a generated project opens it, without its signal handlers. */
export function openStore(
  dsn: string,
  config: Omit<StoreConfig, "dsn"> = {},
  { open = openRedis, authority = false }: StoreKind = {},
): OpenedRedis {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const stray: unknown[] = [];
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
  const identity = {
    name: "cache",
    namespace: "faults",
    ...(authority && { authority: true as const }),
  };
  const store = open(identity, { ...config, dsn: parseDsn(dsn, redis.dsn) }, context);
  lifecycle.onClose(() => store.close());
  return { store, lifecycle, stray, close: () => lifecycle.close() };
}

/** A plain client beside the store, for what the test itself asks. */
export function bare(dsn: string): Redis {
  const client = new Redis(dsn, { maxRetriesPerRequest: 0, commandTimeout: 5_000 });
  client.on("error", () => undefined);
  return client;
}

export interface Verdict {
  readonly kind: string;
  readonly attempts: number;
  readonly code?: string;
  readonly elapsed: number;
}

/** How a call ended, and after how many milliseconds. */
export async function verdict(promise: Promise<unknown>): Promise<Verdict> {
  const began = stopwatch();
  const ended = (): number => began.elapsed();
  return promise.then(
    () => ({ kind: "ok", attempts: 0, elapsed: ended() }),
    ({ kind, attempts, code }: Verdict) => ({
      kind,
      attempts,
      elapsed: ended(),
      ...(code === undefined ? {} : { code }),
    }),
  );
}

/** Asks until the answer is yes, for `ms` at most; tells how long it took. */
export async function until(ms: number, done: () => boolean | Promise<boolean>): Promise<number> {
  const began = stopwatch();
  while (began.elapsed() < ms) {
    if (await done()) break;
    await sleep(10);
  }
  return began.elapsed();
}
