import { setTimeout as sleep } from "node:timers/promises";
import type { Document } from "mongodb";
import { afterAll, afterEach, describe } from "vitest";
import mongodb from "../../src/engines/mongodb/index.ts";
import type {
  CollectionDeclaration,
  MethodDeclaration,
} from "../../templates/engines/mongodb/declaration.ts";
import { openMongo, type MongoStore } from "../../templates/engines/mongodb/store.ts";
import { parseDsn } from "../../templates/runtime/dsn.ts";
import { Lifecycle } from "../../templates/runtime/lifecycle.ts";
import type { StoreConfig } from "../../templates/runtime/store.ts";
import { mongoFramer } from "../engines/mongodb/frames.ts";
import { columnOf, isMissing, type PrivateServer, privateServer } from "../engines/servers.ts";
import { cell } from "../support/closing-table.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { stopwatch } from "../support/stopwatch.ts";

/** Runs a suite on a server of its own, or records why it cannot run. */
export async function onPrivateMongo(
  name: string,
  suite: (server: PrivateServer) => void,
): Promise<void> {
  const server = await privateServer("mongodb");
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
  startFaultProxy({ target: dsn, framer: mongoFramer, seed });

export interface OpenedMongo {
  readonly store: MongoStore;
  readonly lifecycle: Lifecycle;
  /** What had no caller to reject. */
  readonly stray: unknown[];
  close(): Promise<void>;
}

/** A store as a generated project opens it, without its signal handlers. */
export function openStore(dsn: string, config: Omit<StoreConfig, "dsn"> = {}): OpenedMongo {
  const lifecycle = new Lifecycle({ signals: false, drainMs: 1_000 });
  const stray: unknown[] = [];
  const context = { lifecycle, telemetry: {}, onError: (error: unknown) => stray.push(error) };
  const store = openMongo(
    { name: "main" },
    { ...config, dsn: parseDsn(dsn, mongodb.dsn) },
    context,
  );
  lifecycle.onClose(() => store.close());
  return { store, lifecycle, stray, close: () => lifecycle.close() };
}

export interface Item {
  readonly id: string;
  readonly value: number;
}

const stored: CollectionDeclaration<Item> = {
  collection: "items",
  entity: "Item",
  decode: (document: Document) => ({
    id: String(document["_id"]),
    value: Number(document["value"]),
  }),
  keyText: (document) => String(document["_id"]),
  version: "version",
};

const method = (name: string, effect: "read" | "write"): MethodDeclaration<Item> => ({
  operation: `items.${name}`,
  effect,
  collection: "items",
  of: stored,
});

/** The methods of a generated repository of items. */
export const items = {
  get: method("get", "read"),
  put: method("put", "write"),
  change: method("change", "write"),
};

export const item = (id: string, value = 1): Document => ({ _id: id, value });

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
