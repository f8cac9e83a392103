import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { workFolder } from "../../harness/places.ts";
import { uuidV7 } from "../../../../templates/runtime/uuid.ts";
import {
  anyItem,
  anyWord,
  bulk,
  itemId,
  itemRow,
  type NewRow,
  pageItems,
  prove,
  proveFound,
  type Status,
} from "./items.ts";

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly next?: string;
}

/** What is used of the data layer that the suite generates before it starts. */
interface Layer {
  readonly items: {
    get(id: string): Promise<unknown>;
    listByStatus(where: { status: Status }, page: { limit: number; after?: string }): Promise<Page>;
  };
  readonly entries: { add(row: NewRow): Promise<unknown> };
  readonly batches: { addAll(rows: readonly NewRow[]): Promise<unknown> };
  readonly itemSearch: { search(query: string, page: { limit: number }): Promise<unknown> };
  close(): Promise<void>;
}

interface LayerModule {
  openDataLayer(config: object): Layer;
  configFromEnv(env: Readonly<Record<string, string>>): object;
}

/** The generated data layer as its users open it: deadline, retry, lifecycle and the rest on. */
export const open: OpenCalls = async ({ dsn, engine }) => {
  const file = join(workFolder(String(engine), "ours"), "src", "data", "index.ts");
  const { openDataLayer, configFromEnv } = (await import(pathToFileURL(file).href)) as LayerModule;
  const config = configFromEnv({ MAIN_URL: String(dsn) });
  const data = openDataLayer({ ...config, lifecycle: { signals: false } });
  const cursors = await cursorsOf(data);
  const search = (word: string): Promise<unknown> =>
    data.itemSearch.search(word, { limit: pageItems });
  prove(await data.items.get(itemId(3)));
  proveFound(await search("103"));
  return {
    calls: {
      get: () => data.items.get(anyItem().id),
      page: () => {
        const { status } = anyItem();
        const known = cursors.get(status) ?? [];
        const after = known[Math.floor(Math.random() * known.length)] ?? "";
        return data.items.listByStatus({ status }, { limit: pageItems, after });
      },
      insert: () => data.entries.add({ ...itemRow(7), id: uuidV7() }),
      search: () => search(anyWord()),
      bulk: () => data.batches.addAll(bulk()),
    },
    close: () => data.close(),
  };
};

/** Callers of a repository hold cursors, not keys. */
async function cursorsOf(data: Layer): Promise<ReadonlyMap<Status, readonly string[]>> {
  const cursors = new Map<Status, string[]>();
  for (const status of ["new", "paid", "shipped"] as const) {
    const found: string[] = [];
    for (let after: string | undefined; ;) {
      const page = { limit: pageItems, ...(after === undefined ? {} : { after }) };
      const { next } = await data.items.listByStatus({ status }, page);
      if (next === undefined) break;
      found.push(next);
      after = next;
    }
    cursors.set(status, found);
  }
  return cursors;
}
