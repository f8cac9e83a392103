// What an upsert sends, and what the driver makes of it before anything is sent.
import { Decimal128, type Document, Long, MongoClient } from "mongodb";
import { expect, test } from "vitest";
import type { CollectionDeclaration } from "../../../templates/engines/mongodb/declaration.ts";
import type { Collections } from "../../../templates/engines/mongodb/place.ts";
import { keyText } from "../../../templates/engines/mongodb/place.ts";
import { findKeys } from "../../../templates/engines/mongodb/reads.ts";
import { upsertAll, upsertOne } from "../../../templates/engines/mongodb/writes.ts";

const of: CollectionDeclaration<unknown> = {
  collection: "memberships",
  entity: "Membership",
  decode: () => ({}),
  keyText: () => "",
};

const at = (collections: object) => ({
  collections: collections as Collections,
  limits: {},
  tenant: undefined,
});

test("a document that is nothing but its key has an update of operators, too", async () => {
  const sent: (readonly unknown[])[] = [];
  const collection = {
    findOneAndUpdate: async (...args: readonly unknown[]) => {
      sent.push(args.slice(0, 2));
      return args[0];
    },
  };
  const key = { user: "u", team: "t" };
  const stored = await upsertOne(at({ of: () => collection }), of, { _id: key }, undefined);
  expect(stored).toEqual({ _id: key });
  expect(sent).toEqual([[{ _id: key }, { $set: {} }]]);
});

test("the driver takes it, alone and in a batch: what fails is the server that is not there", async () => {
  const client = new MongoClient("mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=50");
  const place = at({ of: (name: string) => client.db().collection(name) });
  const documents: readonly Document[] = [{ _id: "a" }, { _id: "b" }];
  const failures = [
    upsertOne(place, of, { _id: "a" }, undefined),
    upsertAll(place, of, documents, undefined),
  ].map((call) => call.then(String, (error: Error) => error.name));
  for (const name of await Promise.all(failures))
    expect(["MongoServerSelectionError", "MongoBulkWriteError"]).toContain(name);
  await client.close();
});

test.each([
  ["a number", Long.fromNumber(5), 5],
  [
    "a number beyond 53 bits",
    Long.fromString("9007199254740993"),
    Decimal128.fromString("9007199254740993"),
  ],
  ["a decimal", Decimal128.fromString("5.50"), Decimal128.fromString("5.5")],
  ["a part of a key", { no: Long.fromNumber(5), team: "t" }, { no: 5, team: "t" }],
])(
  "%s that another writer left as another type is found, as the server finds it",
  async (_, key, kept) => {
    const found = [{ _id: kept, title: "x" }];
    const cursor = { toArray: async () => found };
    const collection = { find: () => cursor, bulkWrite: async () => {} };
    const place = { ...at({ of: () => collection }), limits: { socketTimeoutMS: 60_000 } };
    const more = [{ _id: key }, { _id: Long.fromNumber(7) }];
    expect(await upsertAll(place, of, more, undefined)).toEqual(found);
    expect(await findKeys(place, of, [key])).toEqual(found);
  },
);

test("what the server tells apart has texts of its own", () => {
  const keys = [
    Long.fromString("9007199254740993"),
    Long.fromString("9007199254740992"),
    0.5,
    50,
    5,
    new Date(1),
    new Date(2),
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    "a",
  ];
  expect(new Set(keys.map(keyText)).size).toBe(keys.length);
});
