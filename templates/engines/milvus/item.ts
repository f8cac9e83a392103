import { notBuilt, otherVersion } from "../../runtime/view-built.ts";
import type { ItemShape, VectorView } from "./definition.ts";

/** The JSON of an item as it is stored. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * The item of a row. A property that may be null is null where earlier code has written none.
 *
 * @throws DataError unavailable when earlier code has written it, without what this code needs
 */
export function itemOf<T, J>(view: VectorView<T, J>, text: string, vector: Float32Array): T {
  const json = JSON.parse(text) as Json;
  const lacking = lackingIn(view.shape, json);
  if (lacking !== undefined) throw notBuilt(view.name, otherVersion(lacking));
  return view.fromJson(completed(view.shape, json) as J, vector);
}

/** A property that every item has a value for, and this one not: `lang`, `lines.sku`. */
export function lackingIn(shape: ItemShape, json: Json): string | undefined {
  for (const name in shape) {
    const kind = shape[name];
    const value = json[name] ?? null;
    if (value === null && kind !== "nullable") return name;
    if (typeof kind !== "object") continue;
    for (const owned of value as readonly Json[]) {
      const lacking = lackingIn(kind, owned);
      if (lacking !== undefined) return `${name}.${lacking}`;
    }
  }
  return undefined;
}

/** The item itself where it has every property. */
function completed(shape: ItemShape, json: Json): Json {
  const added: Record<string, unknown> = {};
  for (const name in shape) {
    const kind = shape[name];
    if (kind === "nullable" && !(name in json)) added[name] = null;
    if (typeof kind === "object")
      added[name] = (json[name] as readonly Json[]).map((owned) => completed(kind, owned));
  }
  return Object.keys(added).length === 0 ? json : { ...json, ...added };
}
