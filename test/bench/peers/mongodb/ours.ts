import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenCalls } from "../../harness/contender-process.ts";
import { workFolder } from "../../harness/places.ts";
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

/** What is used of the data layer that the suite generates before it starts. */
interface LayerModule {
  openDataLayer(config: object): {
    readonly items: {
      get(id: string): Promise<unknown>;
      add(item: NewItem): Promise<unknown>;
      listByCustomer(where: object, page: object): Promise<unknown>;
    };
    readonly batches: { addAll(items: readonly NewItem[]): Promise<unknown> };
    close(): Promise<void>;
  };
  configFromEnv(env: Readonly<Record<string, string>>): object;
}

export const open: OpenCalls = async ({ dsn }) => {
  const file = join(workFolder("mongodb", "ours"), "src", "data", "index.ts");
  const { openDataLayer, configFromEnv } = (await import(pathToFileURL(file).href)) as LayerModule;
  const config = configFromEnv({ MAIN_URL: String(dsn) });
  const data = openDataLayer({ ...config, lifecycle: { signals: false } });
  await prove(
    (id) => data.items.get(id),
    (item) => data.items.add(item),
    false,
  );
  return {
    calls: {
      get: () => data.items.get(anyItemId()),
      insert: () => data.items.add(itemOf(uuidV7())),
      list: () => data.items.listByCustomer({ customerId }, { limit: pageSize }),
      bulk: inTurn(() => data.batches.addAll(bulk())),
    },
    close: () => data.close(),
  };
};
