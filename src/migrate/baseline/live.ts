import type { Dsn } from "../../../templates/runtime/dsn.ts";
import type { MigrationTarget } from "../../../templates/runtime/migration.ts";
import type { Snapshot, Step } from "../step.ts";
import type { AdoptedSchema } from "./adopted.ts";

/** A step of a baseline; what it touches and when it runs is the same for all. */
export type AdoptionStep = Omit<Step, "phase" | "touches">;

/** What adopting a live store comes to. Reading it changes nothing there. */
export interface Adoption {
  readonly schema: AdoptedSchema;
  /** They make the same schema on a fresh store, and take it back there; on the store that was adopted the way back refuses to. */
  readonly steps: readonly AdoptionStep[];
  /** What of a snapshot is there already: the rest is left for a migration to make. */
  readonly present: (snapshot: Snapshot) => Snapshot;
}

/** A store that cannot be adopted as it is. */
export class AdoptionRefused extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = "AdoptionRefused";
    this.hint = hint;
  }
}

/** @throws AdoptionRefused for a name that is none of the tables */
export function refuseUnknown(except: readonly string[], tables: readonly string[]): void {
  const unknown = except.filter((name) => !tables.includes(name));
  if (unknown.length === 0) return;
  throw new AdoptionRefused(
    `--except ${unknown.join(", ")}: the database has no such table`,
    `name tables as the database does, upper and lower case included: ${tables.join(", ")}`,
  );
}

/** A store that is there, reached with the drivers of the user's package. */
export interface LiveStore {
  readonly target: MigrationTarget;
  /**
   * @param except tables that become no entity: they stay in the database, and in the text of the baseline
   * @throws AdoptionRefused where there is no such table; Error of the driver
   */
  adopt(except: readonly string[]): Promise<Adoption>;
  /** Notes in the ledger, which is there by now, that the store was adopted: its baseline is never taken back. */
  mark(): Promise<void>;
  close(): Promise<void>;
}

/** What an engine does for `migrate baseline`. */
export interface LiveEngine {
  /**
   * Connects.
   *
   * @param root folder of the user's package: drivers and relative paths are its own
   * @throws MissingPackage, or an Error of the driver, without the DSN's secrets
   */
  open(dsn: Dsn, root: string): Promise<LiveStore>;
}
