import { MongoClient, type Document } from "mongodb";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";
import { anyItemId, itemOf, prove, type NewItem } from "./items.ts";

interface Stored extends Document {
  _id: string;
}

/** The driver as it comes; documents as it decodes them. Keys as text, as the generated adapter stores them. */
export const open: OpenCalls = async ({ dsn }) => {
  const client = new MongoClient(String(dsn), { maxPoolSize: 10 });
  await client.connect();
  const items = client.db().collection<Stored>("items");
  const get = (id: string): Promise<unknown> => items.findOne({ _id: id });
  const add = async ({ id, customerId, placedAt, totalCents, ...rest }: NewItem) => {
    const now = new Date();
    const document = {
      _id: id,
      customer_id: customerId,
      placed_at: placedAt,
      total_cents: totalCents,
      ...rest,
      created_at: now,
      updated_at: now,
    };
    await items.insertOne(document);
    return document;
  };
  await prove(get, add, true);
  return {
    calls: { get: () => get(anyItemId()), insert: () => add(itemOf(uuidV7())) },
    close: () => client.close(),
  };
};
