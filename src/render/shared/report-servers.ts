import type { EngineDescriptor } from "../../engines/engine.ts";
import type { Ir } from "../../ir/types.ts";
import { engineOf } from "./composition.ts";
import { type Placed, type Served, servicesOf } from "./services.ts";

/** Of the report: the settings of the local servers with their reasons, and the secret of each store. */
export function serverData(
  ir: Ir,
  engines: ReadonlyMap<string, EngineDescriptor>,
): { readonly settings: readonly unknown[]; readonly secrets: readonly unknown[] } {
  const placed = ir.stores.map((store) => ({ store, engine: engineOf(store, engines) }));
  return {
    settings: servicesOf(placed, ir).flatMap(settingRows),
    secrets: placed.flatMap(secretRows),
  };
}

const settingRows = ({ service: { settings }, stores }: Served): readonly unknown[] =>
  settings.map(({ name, value, reason, production = "the same" }) => ({
    stores: stores.map((store) => store.name).join(", "),
    name,
    value: value === "" ? '""' : value,
    production,
    reason,
  }));

const secretRows = ({ store, engine: { credentials } }: Placed): readonly unknown[] =>
  store.env === undefined || credentials === undefined
    ? []
    : [{ store: store.name, variable: store.env, ...credentials }];
