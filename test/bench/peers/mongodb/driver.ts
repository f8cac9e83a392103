import { MongoClient, type Document } from "mongodb";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";
import {
  anyItemId,
  bulk,
  customerId,
  inTurn,
  itemOf,
  pageSize,
  prove,
  type NewItem,
} from "./items.ts";

interface Stored extends Document {
  _id: string;
}

/**
 * The driver as it comes, with the concerns and the transaction that give what the generated adapter gives; documents as it decodes
 * them. Keys as text, as the generated adapter stores them.
 */
export const open: OpenCalls = async ({ dsn }) => {
  const client = new MongoClient(String(dsn), {
    maxPoolSize: 10,
    readConcernLevel: "majority",
    writeConcern: { w: "majority" },
  });
  await client.connect();
  const items = client.db().collection<Stored>("items");
  const batches = client.db().collection<Stored>("batches");
  await items.createIndex({ customer_id: 1, placed_at: -1 });
  const get = (id: string): Promise<unknown> => items.findOne({ _id: id });
  const stored = ({ id, customerId: customer, placedAt, totalCents, ...rest }: NewItem): Stored => {
    const now = new Date();
    return {
      _id: id,
      customer_id: customer,
      placed_at: placedAt,
      total_cents: totalCents,
      ...rest,
      created_at: now,
      updated_at: now,
    };
  };
  const add = async (item: NewItem) => {
    const document = stored(item);
    await items.insertOne(document);
    return document;
  };
  const list = () =>
    items
      .find({ customer_id: customerId })
      .sort({ placed_at: -1, _id: -1 })
      .limit(pageSize + 1)
      .toArray();
  const addAll = (): Promise<unknown> =>
    client.withSession((session) =>
      session.withTransaction(() => batches.insertMany(bulk().map(stored), { session })),
    );
  await prove(get, add, true);
  return {
    calls: {
      get: () => get(anyItemId()),
      insert: () => add(itemOf(uuidV7())),
      list,
      bulk: inTurn(addAll),
    },
    close: () => client.close(),
  };
};
