// The commands that stand for the driver's methods. The database answers what it is told to; what a server makes of them, conformance shows.
import {
  type Db,
  type Document,
  Long,
  MongoClient,
  MongoServerError,
  ReadPreference,
} from "mongodb";
import { expect, test } from "vitest";
import {
  Commands,
  insertDocument,
  oneDocument,
  someDocuments,
} from "../../../templates/engines/mongodb/commands.ts";
import {
  type Collections,
  type CommandLimits,
  type Place,
} from "../../../templates/engines/mongodb/place.ts";

interface Asked {
  readonly command: Document;
  readonly options: Document;
}

/** A place whose commands and driver's methods tell what they were asked. */
function place(
  replies: readonly Document[],
  { dsn = "", limits = { maxTimeMS: 900 } }: { dsn?: string; limits?: CommandLimits } = {},
): Place & { readonly asked: Asked[]; readonly byDriver: string[] } {
  const asked: Asked[] = [];
  const byDriver: string[] = [];
  const { readConcern, writeConcern, readPreference } = new MongoClient(
    `mongodb://127.0.0.1:1/shop${dsn}`,
  ).db();
  const database = {
    readConcern,
    writeConcern,
    readPreference,
    command: async (command: Document, options: Document) => {
      asked.push({ command, options });
      return replies[asked.length - 1] ?? { ok: 1 };
    },
  } as unknown as Db;
  const told = (what: string, answer: unknown) => {
    byDriver.push(what);
    return answer;
  };
  const collection = {
    findOne: async () => told("findOne", { _id: "driver" }),
    insertOne: async () => told("insertOne", {}),
    find: () => ({ toArray: async () => told("find", [{ _id: "driver" }]) }),
  };
  const collections = { database, commands: new Commands(database), of: () => collection };
  return {
    collections: collections as unknown as Collections,
    limits,
    tenant: undefined,
    asked,
    byDriver,
  };
}

const found = (documents: readonly Document[], id: unknown = Long.ZERO): Document => ({
  cursor: { firstBatch: documents, id },
});

test("a keyed read asks for one document under the client's concern, within its time", async () => {
  const at = place([found([{ _id: "a" }])], { dsn: "?readConcernLevel=majority" });
  expect(await oneDocument(at, "items", { _id: "a" })).toEqual({ _id: "a" });
  expect(at.asked[0]?.command).toEqual({
    find: "items",
    filter: { _id: "a" },
    limit: 1,
    singleBatch: true,
    readConcern: { level: "majority" },
    maxTimeMS: 900,
  });
  expect(await oneDocument(place([found([])]), "items", {})).toBeNull();
});

test("commands keep int64 apart, leave undefined out, and go where the DSN sends reads", async () => {
  const at = place([found([]), { ok: 1 }], { dsn: "?readPreference=secondaryPreferred" });
  await someDocuments(at, "items", { filter: {}, limit: 5 });
  await insertDocument(at, "items", { _id: "a" });
  const types = { promoteLongs: false, ignoreUndefined: true };
  const secondary = ReadPreference.secondaryPreferred;
  expect(at.asked.map(({ options }) => options)).toEqual([
    { ...types, readPreference: secondary },
    types,
  ]);
});

test("a list whose documents do not fit one reply is read by the driver's cursor, and the other one is freed", async () => {
  for (const id of [Long.fromNumber(77), 77]) {
    const at = place([found([{ _id: "first" }], id)]);
    expect(await someDocuments(at, "items", { filter: {}, limit: 5 })).toEqual([{ _id: "driver" }]);
    expect(at.asked.map(({ command }) => Object.keys(command)[0])).toEqual(["find", "killCursors"]);
    expect(at.asked[1]?.command).toEqual({ killCursors: "items", cursors: [id] });
  }
  const long = place([]);
  await someDocuments(long, "items", { filter: {}, limit: 10_001 });
  expect([long.asked, long.byDriver]).toEqual([[], ["find"]]);
});

test("what a deadline of its own or a transaction needs goes through the driver's methods", async () => {
  const session = {} as NonNullable<CommandLimits["session"]>;
  for (const limits of [{ maxTimeMS: 1, socketTimeoutMS: 9_000 }, { session }]) {
    const at = place([], { limits });
    await oneDocument(at, "items", {});
    await someDocuments(at, "items", { filter: {}, limit: 5 });
    await insertDocument(at, "items", { _id: "a" });
    expect([at.asked, at.byDriver]).toEqual([[], ["findOne", "find", "insertOne"]]);
  }
});

test("an insert waits for what the client asks, and a document that is refused is an error", async () => {
  const at = place([{ ok: 1, n: 1 }], { dsn: "?w=majority&journal=true&wtimeoutMS=70" });
  await insertDocument(at, "items", { _id: "a" });
  expect(at.asked[0]?.command).toEqual({
    insert: "items",
    documents: [{ _id: "a" }],
    ordered: true,
    writeConcern: { w: "majority", j: true, wtimeout: 70 },
    maxTimeMS: 900,
  });
  const twice = { index: 0, code: 11_000, errmsg: "E11000 duplicate key", keyPattern: { _id: 1 } };
  const refused = place([{ ok: 1, n: 0, writeErrors: [twice] }]);
  const failure = insertDocument(refused, "items", { _id: "a" });
  await expect(failure).rejects.toBeInstanceOf(MongoServerError);
  await expect(failure).rejects.toMatchObject({ code: 11_000, keyPattern: { _id: 1 } });
});

test.each([
  ["2", 2],
  ["multiDC", "multiDC"],
])("an insert waits for w=%s of the DSN", async (written, w) => {
  const at = place([{ ok: 1, n: 1 }], { dsn: `?w=${written}` });
  await insertDocument(at, "items", { _id: "a" });
  expect(at.asked[0]?.command).toMatchObject({ writeConcern: { w } });
});

test("where the server would make the key, the driver makes it, so that it is known", async () => {
  const at = place([]);
  await insertDocument(at, "items", { value: 1 });
  expect(at.byDriver).toEqual(["insertOne"]);
});
