// Errors as a server really gives them, classified. What the emulator cannot provoke waits for a real one.
import { randomUUID } from "node:crypto";
import { MongoClient, type Db, type Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { classify } from "../../../templates/engines/mongodb/errors.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, type Namespace, sharedServer } from "../servers.ts";

const server = await sharedServer("mongodb");
const proof = { port: "driver", engine: columnOf(server) };
const emulated = !isMissing(server) && server.kind === "emulator";

interface Provoked {
  readonly name: string;
  readonly expected: object;
  /** The emulator answers in another way, or not at all. */
  readonly real?: true;
  readonly provoke: (db: Db, client: MongoClient) => Promise<unknown>;
}

const once = { outcome: "not-applied", transient: false } as const;
const again = { outcome: "not-applied", transient: true } as const;
const make = async (db: Db, validator: Document): Promise<string> => {
  const name = `c_${randomUUID().slice(0, 8)}`;
  await db.createCollection(name, { validator });
  return name;
};

const provoked: readonly Provoked[] = [
  {
    name: "11000 duplicate key",
    expected: { kind: "constraint", violated: "unique", code: "11000", ...once },
    provoke: async (db) => {
      await db.collection<Document>("a").insertOne({ _id: 1 as never });
      await db.collection<Document>("a").insertOne({ _id: 1 as never });
    },
  },
  {
    name: "11000 duplicate key among many",
    expected: { kind: "constraint", violated: "unique", code: "11000", ...once },
    provoke: (db) =>
      db.collection<Document>("b").insertMany([{ _id: 1 as never }, { _id: 1 as never }]),
  },
  {
    name: "a document beyond the driver's buffer",
    expected: { kind: "constraint", hint: expect.stringContaining("16 MB"), ...once },
    provoke: (db) => db.collection("a").insertOne({ text: "x".repeat(18 << 20) }),
  },
  {
    name: "10334 a document beyond 16 MB",
    expected: { kind: "constraint", hint: expect.stringContaining("16 MB"), ...once },
    real: true,
    provoke: (db) => db.collection("a").insertOne({ text: "x".repeat(16 << 20) }),
  },
  {
    name: "17419 an update beyond 16 MB",
    expected: { kind: "constraint", hint: expect.stringContaining("16 MB"), ...once },
    real: true,
    provoke: async (db) => {
      await db.collection<Document>("g").insertOne({ _id: 1 as never, a: "x".repeat(9 << 20) });
      await db
        .collection<Document>("g")
        .updateOne({ _id: 1 as never }, { $set: { b: "x".repeat(9 << 20) } });
    },
  },
  {
    name: "121 a document that the validator refuses",
    expected: { kind: "constraint", violated: "check", code: "121", ...once },
    real: true,
    provoke: async (db) => {
      const name = await make(db, { $jsonSchema: { required: ["a"] } });
      await db.collection(name).insertOne({ b: 1 });
    },
  },
  {
    name: "112 a write that conflicts with another transaction's",
    expected: { kind: "conflict", ...again },
    real: true,
    provoke: async (db, client) => {
      await db.collection<Document>("w").insertOne({ _id: 1 as never, n: 0 });
      const [one, two] = [client.startSession(), client.startSession()];
      const raise = (session: typeof one) =>
        db
          .collection<Document>("w")
          .updateOne({ _id: 1 as never }, { $inc: { n: 1 } }, { session });
      try {
        one.startTransaction();
        two.startTransaction();
        await raise(one);
        await raise(two);
      } finally {
        await Promise.all([one.endSession(), two.endSession()]);
      }
    },
  },
  {
    name: "14 adding to what is no number",
    expected: { kind: "programming", code: "14", ...once },
    real: true,
    provoke: async (db) => {
      await db.collection<Document>("t").insertOne({ _id: 1 as never, a: "x" });
      await db.collection<Document>("t").updateOne({ _id: 1 as never }, { $inc: { a: 1 } });
    },
  },
  {
    name: "9 an unknown operator",
    expected: { kind: "programming", ...once },
    real: true,
    provoke: (db) => db.collection("t").updateOne({}, { $nonsense: { a: 1 } } as Document),
  },
  {
    name: "2 an unknown operator of a filter",
    expected: { kind: "programming", code: "2", ...once },
    real: true,
    provoke: (db) => db.collection("t").findOne({ a: { $nonsense: 1 } }),
  },
  {
    name: "59 an unknown command",
    expected: { kind: "programming", code: "59", ...once },
    real: true,
    provoke: (db) => db.command({ nonsense: 1 }),
  },
  {
    name: "26 a collection that is not there",
    expected: { kind: "programming", code: "26", ...once },
    real: true,
    provoke: (db) => db.command({ collMod: "nowhere", validator: {} }),
  },
  {
    name: "27 an index that is not there",
    expected: { kind: "programming", code: "27", ...once },
    real: true,
    provoke: async (db) => {
      await db.collection("t").insertOne({});
      await db.collection("t").dropIndex("nowhere");
    },
  },
  {
    name: "50 a command beyond its time",
    expected: { kind: "timeout", outcome: "unknown", code: "50" },
    real: true,
    provoke: async (db) => {
      await db.collection("t").insertOne({});
      const slow = { $where: "sleep(500) || true" };
      await db.collection("t").findOne(slow, { maxTimeMS: 50 });
    },
  },
  {
    name: "an update without operators",
    expected: { kind: "programming", ...once },
    provoke: (db) => db.collection("t").updateOne({}, { a: 1 } as Document),
  },
  {
    name: "nobody listens",
    expected: { kind: "connection", ...once },
    provoke: async () => {
      const client = new MongoClient("mongodb://127.0.0.1:1/", { serverSelectionTimeoutMS: 200 });
      await client.db().command({ ping: 1 });
    },
  },
];

const shown = provoked.filter(({ real }) => real !== true || !emulated);
const left = provoked.filter((one) => !shown.includes(one));
if (isMissing(server)) notProven(proof, ["codes provoked"], server.reason);
else if (left.length > 0) {
  const why = `the emulator has no ${left.map(({ name }) => name.split(" ")[0]).join(", ")}`;
  notProven(proof, ["codes of a real server provoked"], why);
}

describe.skipIf(isMissing(server))("errors of a server", () => {
  let space: Namespace;
  let client: MongoClient;
  beforeAll(async () => {
    if (isMissing(server)) return;
    space = await server.namespace();
    client = await new MongoClient(space.dsn, { retryWrites: false }).connect();
  });
  afterAll(async () => {
    await client?.close();
    await space?.drop();
  });

  test.each(shown)(
    "$name",
    proving({ ...proof, method: "codes provoked" }, async ({ expected, provoke }: Provoked) => {
      const error: unknown = await provoke(client.db(), client).then(
        () => "no error",
        (cause: unknown) => cause,
      );
      expect(classify(error), String(error)).toMatchObject(expected);
    }),
  );
});
