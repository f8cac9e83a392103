import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { workFolder } from "../../harness/places.ts";
import { statuses, type Contender, type NewRow, type Place, type Status } from "./contender.ts";

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
  close(): Promise<void>;
}

interface LayerModule {
  openDataLayer(config: object): Layer;
  configFromEnv(env: Readonly<Record<string, string>>): { readonly main: object };
}

/** The generated data layer as its users open it: deadline, retry, lifecycle and the rest on. */
export async function open({ dsn, connections }: Place): Promise<Contender> {
  const file = join(workFolder("postgres", "ours"), "src", "data", "index.ts");
  const { openDataLayer, configFromEnv } = (await import(pathToFileURL(file).href)) as LayerModule;
  const { main } = configFromEnv({ MAIN_URL: dsn });
  const data = openDataLayer({
    main: { ...main, pool: { max: connections - 2 } },
    lifecycle: { signals: false },
  });
  const cursors = await cursorsOf(data);
  return {
    find: (id) => data.items.get(id),
    page: ({ status, id }) => {
      const after = cursors.get(id);
      if (after === undefined) throw new Error(`no cursor after ${id}`);
      return data.items.listByStatus({ status }, { limit: 20, after });
    },
    insert: (row) => data.entries.add(row),
    close: () => data.close(),
  };
}

/** The cursor after each row that ends a page: callers of a repository hold cursors, not keys. */
async function cursorsOf(data: Layer): Promise<ReadonlyMap<string, string>> {
  const cursors = new Map<string, string>();
  for (const status of statuses) {
    let after: string | undefined;
    do {
      const page: { limit: number; after?: string } = { limit: 20, ...(after && { after }) };
      const { items, next } = await data.items.listByStatus({ status }, page);
      const last = items.at(-1);
      if (last && next !== undefined) cursors.set(last.id, next);
      after = next;
    } while (after !== undefined);
  }
  return cursors;
}
