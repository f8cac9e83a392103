import type { Document } from "mongodb";
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
import type { PrivateServer } from "../engines/servers.ts";
import { type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { onPrivate } from "./suite.ts";

export const onPrivateMongo = (
  name: string,
  suite: (server: PrivateServer) => void,
): Promise<void> => onPrivate("mongodb", name, suite);

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
