import type { LedgerEntry, LedgerHost, LedgerNote, Objects } from "../../runtime/migration.ts";
import {
  guestLedger,
  makeLedger,
  readLedger,
  recordObjects,
  writeNote,
} from "./migration-ledger.ts";
import { MigrationSession } from "./migration-session.ts";
import type { Dialect } from "./session-settings.ts";
import type { LendingSource } from "./lend.ts";

/** Ledger and lock of a store that has no compare-and-set, kept beside this store's own. */
export const mysqlGuestLedger = (
  source: LendingSource,
  dialect: Dialect,
  store: string,
): LedgerHost => {
  const ledger = guestLedger(store);
  const session = new MigrationSession(source, ledger);
  return {
    locked: (work, waitMs) =>
      session.locked((guard) => makeLedger(guard, dialect, ledger), work, waitMs),
    ledger: (): Promise<readonly LedgerEntry[]> =>
      session.with((connection) => readLedger(connection, ledger)),
    write: (note: LedgerNote, objects: Objects): Promise<void> =>
      session.transaction(async (connection) => {
        await writeNote(connection, note, ledger);
        if (note.state !== "half-way") await recordObjects(connection, note.adopt(objects), ledger);
      }),
  };
};
