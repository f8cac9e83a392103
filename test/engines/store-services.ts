/** Services of engines that set a server up for each store: for records that must last, and for a cache. */
import type { ComposeService } from "../../src/engines/engine.ts";
import { engines } from "../../src/engines/registry.gen.ts";
import { lower } from "../../src/ir/lower.ts";
import type { StoreIr } from "../../src/ir/types.ts";
import { planFor, shopModel } from "../unit/ir/models.ts";

const kinds = {
  records: { ports: ["keyvalue"], datasetBytes: 100 * 1024 * 1024, rpoSeconds: 0 },
  cache: { ports: ["cache"] },
} as const satisfies Readonly<Record<string, Partial<StoreIr>>>;

/** @throws for an engine whose stores share a server */
export function serviceFor(engine: string, kind: keyof typeof kinds): ComposeService {
  const compose = engines.find(({ id }) => id === engine)?.compose;
  if (compose === undefined || !("of" in compose))
    throw new Error(`${engine} has no server for each store`);
  const model = shopModel();
  const ir = lower(model, planFor(model));
  const [base] = ir.stores;
  if (base === undefined) throw new Error("the model has a store");
  const store: StoreIr = { ...base, ...kinds[kind], engine };
  return compose.of(store, { ...ir, stores: [store] });
}
