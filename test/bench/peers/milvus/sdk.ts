import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { bulk, collection, inTurn, type Row, vector } from "./rows.ts";

/** The driver's client as it comes, asked for the same columns; the revisions that are there are read before an upsert, as ours does. */
export const open: OpenCalls = async ({ dsn }) => {
  const { host, pathname } = new URL(String(dsn));
  const client = new MilvusClient({ address: host, database: pathname.slice(1) || "default" });
  await client.connectPromise;
  const asked = {
    collection_name: collection,
    anns_field: "vector",
    metric_type: "COSINE",
    limit: 10,
    output_fields: ["item", "vector"],
  };
  const search = async (filter: string, ef: number) => {
    const { results } = await client.search({
      ...asked,
      filter,
      data: [...vector()],
      params: { ef },
    });
    return results.map(({ item, score }) => ({ item: JSON.parse(String(item)) as unknown, score }));
  };
  const stored = ({ id, number, embedding }: Row) => ({
    pk: `k:${id}`,
    revision: 1,
    deleted: false,
    item: JSON.stringify({ id, number }),
    f_number: number,
    vector: [...embedding],
  });
  const upsert = async (): Promise<unknown> => {
    const data = bulk().map(stored);
    await client.query({
      collection_name: collection,
      filter: `pk in ${JSON.stringify(data.map(({ pk }) => pk))}`,
      output_fields: ["pk", "revision"],
    });
    return client.upsert({ collection_name: collection, data });
  };
  if ((await search("deleted == false", 128)).length !== 10) throw new Error("no answer");
  return {
    calls: {
      search: () => search("deleted == false", 128),
      filtered: () => search("f_number <= 999 and deleted == false", 512),
      upsert: inTurn(upsert),
    },
    close: async () => void (await client.closeConnection()),
  };
};
