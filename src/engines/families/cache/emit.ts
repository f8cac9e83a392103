import type { CacheViewIr, Ir, StoreIr } from "../../../ir/types.ts";
import { code } from "../../../render/encode.ts";
import { functionHead, importLines, ImportSet } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { cacheAdapter } from "./adapter.ts";

/** Names of an engine's runtime class and of the function that opens it. */
export interface CacheEngine {
  readonly id: string;
  readonly type: string;
  readonly open: string;
}

/** Everything a store that only holds caches adds to the tree. */
export function cacheStoreFiles(
  engine: CacheEngine,
  store: StoreIr,
  ir: Ir,
): readonly FileRequest[] {
  const views = store.views.filter((view): view is CacheViewIr => view.port === "cache");
  return [storeFile(engine, store, ir), ...views.map((view) => cacheAdapter(store, view, ir))];
}

function storeFile({ id, type, open }: CacheEngine, store: StoreIr, ir: Ir): FileRequest {
  const runtime = `../../runtime/${id}/store.ts`;
  const imports = new ImportSet()
    .type("../../runtime/store.ts", "RuntimeContext", "StoreConfig")
    .type(runtime, type)
    .value(runtime, open);
  return {
    path: `{data}/stores/${store.name}/store.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "shared/cache-store.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      name: store.name,
      project: ir.project,
      type,
      open,
      storeType: `${store.typePrefix}Store`,
      openedType: `Opened${store.typePrefix}`,
      head: code(
        functionHead(
          `open${store.typePrefix}`,
          [
            {
              name: "config",
              type: store.env === undefined ? `Pick<StoreConfig, "deadlineMs">` : "StoreConfig",
            },
            { name: "context", type: "RuntimeContext" },
          ],
          `Opened${store.typePrefix}`,
        ),
      ),
    },
  };
}
