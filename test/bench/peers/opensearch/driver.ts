import { Client } from "@opensearch-project/opensearch";
import type { OpenCalls } from "../../harness/contender-process.ts";
import {
  anyIndex,
  anyQuery,
  commonQuery,
  type Item,
  itemOf,
  nextRevision,
  pageItems,
  prove,
  someItems,
} from "./items.ts";

interface Hit {
  readonly _score: number;
  readonly sort: readonly [number, string];
  readonly _source: { readonly item: Record<keyof Item, never> };
}

interface Found {
  readonly hits: { readonly hits: readonly Hit[] };
}

interface Told {
  readonly index?: { readonly status: number };
}

/** A newer revision is there. */
const conflict = 409;

const order = [{ _score: "desc" }, { key: "asc" }];
const bodyOf = (text: string) => ({
  query: {
    multi_match: {
      query: text,
      type: "cross_fields",
      operator: "and",
      tie_breaker: 1,
      fields: ["item.title^3", "item.body"],
    },
  },
  size: pageItems + 1,
  sort: order,
  track_total_hits: false,
});

const documentOf = (item: Item): object => ({ key: item.id, item });

/** The driver as it comes, each hit made into what a caller wants. */
export const open: OpenCalls = async ({ dsn }) => {
  const url = new URL(String(dsn).replace(/^opensearch/, "http"));
  const index = `${url.pathname.slice(1)}-bench-item-search`;
  const client = new Client({ node: url.origin });
  const keepAlive = "10m";
  const ask = async (body: object, of?: string): Promise<Found> =>
    (
      await client.transport.request({
        method: "POST",
        path: of === undefined ? "/_search" : `/${of}/_search`,
        body,
      })
    ).body as unknown as Found;
  const pageOf = ({ hits: { hits } }: Found): object => ({
    items: hits.slice(0, pageItems).map(made),
    more: hits.length > pageItems,
  });
  const search = async (text: string): Promise<object> => pageOf(await ask(bodyOf(text), index));
  const opened = await client.transport.request({
    method: "POST",
    path: `/${index}/_search/point_in_time`,
    querystring: { keep_alive: keepAlive },
  });
  const pit = { id: (opened.body as { readonly pit_id: string }).pit_id, keep_alive: keepAlive };
  const positions = (await ask({ ...bodyOf(commonQuery), size: 1_000, pit })).hits.hits.map(
    ({ sort }) => sort,
  );
  const upsert = async (item: Item): Promise<unknown> => {
    const version = Number(nextRevision());
    const body = documentOf(item);
    return (
      await client.index(
        { index, id: item.id, version, version_type: "external", body: body as never },
        // Of two callers that write one document at once, one finds the other's revision.
        { ignore: [conflict] },
      )
    ).body;
  };
  const bulk = async (items: readonly Item[]): Promise<unknown> => {
    const body = items.flatMap((item) => [
      { index: { _id: item.id, version: Number(nextRevision()), version_type: "external" } },
      documentOf(item),
    ]);
    const { body: told } = await client.bulk({ index, body: body as never });
    const refused = ({ index: item }: Told): boolean =>
      item !== undefined && item.status >= 300 && item.status !== conflict;
    if (told.items.some(refused)) throw new Error("a document was refused");
    return told;
  };
  prove(await search(commonQuery));
  return {
    calls: {
      search: () => search(anyQuery()),
      page: async () => {
        const after = positions[Math.floor(Math.random() * positions.length)];
        return pageOf(await ask({ ...bodyOf(commonQuery), search_after: after, pit }));
      },
      upsert: () => upsert(itemOf(anyIndex())),
      bulk: () => bulk(someItems()),
    },
    close: () => client.close(),
  };
};

const made = ({ _score: score, _source: { item } }: Hit): object => ({
  item: {
    ...item,
    placedAt: new Date(item.placedAt),
    createdAt: new Date(item.createdAt),
    updatedAt: new Date(item.updatedAt),
  },
  score,
});
