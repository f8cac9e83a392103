import type { MigratedStore } from "./db-cli.ts";
import type { LedgerHost } from "./migration.ts";
import { findMigrations } from "./migration-files.ts";
import type { OpenedStore } from "./store.ts";

/**
 * The stores that have migrations, with their folders. A store without compare-and-set gets its ledger kept by the first other one that
 * can.
 *
 * @param from URL of the module beside which the project lies
 */
export function migratedStores(
  opened: readonly OpenedStore[],
  from: string,
): readonly MigratedStore[] {
  return opened.flatMap((store) => {
    const target = store.migrationTarget?.(ledgerHost(opened, store));
    return target === undefined
      ? []
      : [{ name: store.name, target, folder: findMigrations(store.name, from) }];
  });
}

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
