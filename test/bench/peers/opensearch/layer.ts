import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ViewTarget } from "../../../../templates/runtime/view.ts";
import { workFolder } from "../../harness/places.ts";
import type { Item } from "./items.ts";

export interface Page {
  readonly items: readonly object[];
  readonly next?: string;
}

/** What is used of the data layer that the suite generates before it starts. */
interface Layer {
  readonly itemSearch: { find(text: string, filter: object, page: object): Promise<Page> };
  close(): Promise<void>;
}

interface LayerModule {
  openDataLayer(config: object): Layer;
  configFromEnv(env: Readonly<Record<string, string>>): object;
}

interface OpenedStore {
  readonly targets?: { readonly itemSearch?: ViewTarget<Item> };
  close(): Promise<void>;
}

interface StoresModule {
  openStores(config: object): { readonly stores: Readonly<Record<string, OpenedStore>> };
}

/** The variables of the generated project; its authority is never called. */
export const environment = (dsn: string): Record<string, string> => ({
  MAIN_URL: "pglite:./.data/main",
  SEARCH_URL: dsn,
});

export interface OpenedLayer {
  readonly data: Layer;
  /** The writing side, which projectors have. */
  readonly target: ViewTarget<Item>;
  close(): Promise<void>;
}

/** The generated data layer as its users open it: deadline, retry, lifecycle and the rest on. */
export async function openLayer(dsn: string): Promise<OpenedLayer> {
  const folder = join(workFolder("opensearch", "ours"), "src", "data");
  const load = (file: string): Promise<unknown> => import(pathToFileURL(join(folder, file)).href);
  const { openDataLayer, configFromEnv } = (await load("index.ts")) as LayerModule;
  const config = { ...configFromEnv(environment(dsn)), lifecycle: { signals: false } };
  const data = openDataLayer(config);
  const { openStores } = (await load("stores/open.ts")) as StoresModule;
  const store = Object.values(openStores(config).stores).find(({ targets }) => targets?.itemSearch);
  const target = store?.targets?.itemSearch;
  if (store === undefined || target === undefined) throw new Error("no store holds the view");
  return {
    data,
    target,
    close: async () => {
      await store.close();
      await data.close();
    },
  };
}
