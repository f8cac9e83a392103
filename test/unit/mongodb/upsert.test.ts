// What an upsert sends, and what the driver makes of it before anything is sent.
import { type Document, MongoClient } from "mongodb";
import { expect, test } from "vitest";
import type { CollectionDeclaration } from "../../../templates/engines/mongodb/declaration.ts";
import type { Collections } from "../../../templates/engines/mongodb/place.ts";
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
