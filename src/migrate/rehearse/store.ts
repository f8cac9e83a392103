import type { Dsn } from "../../../templates/runtime/dsn.ts";
import type { MigrationTarget } from "../../../templates/runtime/migration.ts";
import type { Observation } from "./observation.ts";

/** How many generated rows a part got. */
export interface Filled {
  readonly part: string;
  readonly rows: number;
  /** Why there are fewer than asked for: what the store said to a row. */
  readonly refused?: string;
}

/** A store to try migrations on: it is thrown away afterwards. */
export interface RehearsalStore {
  readonly target: MigrationTarget;
  /** Names of what is in it before anything was done: a store that is not empty is not to be thrown away. */
  contents(): Promise<readonly string[]>;
  /** Puts generated rows into every part, those that others refer to first. The same seed gives the same rows. */
  fill(rows: number, seed: number): Promise<readonly Filled[]>;
  observe(): Promise<Observation>;
  /** What tells the schemas of two moments apart, an object a line: `is`, not `should`. */
  differences(is: Observation, should: Observation): readonly string[];
  close(): Promise<void>;
}

/** What an engine does for `migrate rehearse`. */
export interface RehearsalEngine {
  /**
   * @param dsn a throw-away store
   * @param root folder of the user's package: drivers are its own
   * @param texts up texts of the migrations that will run, for what they need to be started with
   * @throws MissingPackage, or an Error of the driver
   */
  open(dsn: Dsn, root: string, texts: readonly string[]): Promise<RehearsalStore>;
}
