import type { MigratedStore } from "./db-cli.ts";
import type { LedgerHost } from "./migration.ts";
import { Dsn } from "./dsn.ts";
import { findMigrations } from "./migration-files.ts";
import type { OpenedStore } from "./store.ts";

/**
 * The stores that have migrations, with their folders. A store without compare-and-set gets its ledger kept by the first other one that
 * can.
 *
 * @param from URL of the module beside which the project lies
 * @param config what the stores were opened with, by their names
 */
export function migratedStores(
  opened: readonly OpenedStore[],
  from: string,
  config: object = {},
): readonly MigratedStore[] {
  const places = placesOf(config);
  return opened.flatMap((store) => {
    const target = store.migrationTarget?.(ledgerHost(opened, store));
    if (target === undefined) return [];
    const folder = findMigrations(store.name, from);
    return [{ name: store.name, target, folder, place: places.get(store.name) }];
  });
}

const placesOf = (config: object): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(config).flatMap(([name, store]: [string, unknown]) =>
      typeof store === "object" && store !== null && "dsn" in store && store.dsn instanceof Dsn
        ? [[name, store.dsn.place] as const]
        : [],
    ),
  );

/** Who keeps the ledger of a store, should it not do so itself. */
export function ledgerHost(
  opened: readonly OpenedStore[],
  guest: OpenedStore,
): LedgerHost | undefined {
  for (const store of opened) {
    if (store === guest) continue;
    const host = store.migrationTarget?.().host?.(guest.name);
    if (host !== undefined) return host;
  }
  return undefined;
}
