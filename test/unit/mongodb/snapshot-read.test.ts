// A root and what is kept beside it are read as of one moment. The client is one that tells which options each read was given.
import { type Document, MongoClient } from "mongodb";
import { expect, test } from "vitest";
import { classify } from "../../../templates/engines/mongodb/errors.ts";
import type { Collections } from "../../../templates/engines/mongodb/place.ts";
import { MongoSession } from "../../../templates/engines/mongodb/session.ts";
import { Lifecycle } from "../../../templates/runtime/lifecycle.ts";
import { opRuntime } from "../../../templates/runtime/store.ts";

test("each read of a root with its children asks for the snapshot of one session, whatever level the client has", async () => {
  const asked: Document[] = [];
  const collection = {
    findOne: async (_filter: Document, options: Document) => {
      asked.push(options);
      return { _id: "a" };
    },
    find: (_filter: Document, options: Document) => {
      asked.push(options);
      return { toArray: async () => [] };
    },
  };
  const client = new MongoClient("mongodb://127.0.0.1:1/shop?readConcernLevel=majority");
  const collections = { of: () => collection } as unknown as Collections;
  const lifecycle = new Lifecycle({ signals: false });
  const identity = { store: "main", system: "mongodb" };
  const context = { lifecycle, telemetry: {}, onError: () => {} };
  const session = new MongoSession({
    runtime: opRuntime(identity, classify, {}, context),
    tenant: undefined,
    client,
    opened: () => collections,
    open: async () => collections,
    changed: () => undefined,
  });
  const children = [{ property: "lines", collection: "lines", owner: "order", order: ["no"] }];
  const of = {
    collection: "orders",
    entity: "Order",
    decode: (document: Document) => document,
    keyText: String,
    children,
  };
  const found = await session.get({ operation: "orders.get", effect: "read", of }, "a");
  expect(found).toEqual({ _id: "a", lines: [] });
  expect(asked.map(({ readConcern }) => readConcern)).toEqual([
    { level: "snapshot" },
    { level: "snapshot" },
  ]);
  expect(asked[0]?.["session"]).toBeDefined();
  expect(asked[1]?.["session"]).toBe(asked[0]?.["session"]);
  await client.close();
});
