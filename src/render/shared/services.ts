import type { ComposeService, EngineDescriptor } from "../../engines/engine.ts";
import type { Ir, StoreIr } from "../../ir/types.ts";

export interface Placed {
  readonly store: StoreIr;
  readonly engine: EngineDescriptor;
}

/** The local server of a store, if its engine has one. */
export function serviceOf({ store, engine }: Placed, ir: Ir): ComposeService | undefined {
  const { compose } = engine;
  return compose !== undefined && "of" in compose ? compose.of(store, ir) : compose;
}

export interface Served {
  readonly service: ComposeService;
  readonly stores: readonly StoreIr[];
}

/** One server per engine that has one, or per store where each needs its own, with the stores that it holds. */
export function servicesOf(placed: readonly Placed[], ir: Ir): readonly Served[] {
  const services = new Map<string, Served>();
  for (const one of placed) {
    const service = serviceOf(one, ir);
    if (service === undefined) continue;
    const stores = services.get(service.service)?.stores ?? [];
    services.set(service.service, { service, stores: [...stores, one.store] });
  }
  return [...services.values()];
}
