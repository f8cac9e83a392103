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

/** Rows that a step asks for before it does anything: where there are some, it stops and names them. */
export interface RowQuestion {
  /** As the step's text names it. */
  readonly table: string;
  /** Condition of the rows that hinder. */
  readonly where: string;
  /** What the step says of them: `customers_tier_check of customers does not let through what is there`. */
  readonly reason: string;
}

/** A store to try migrations on: it is thrown away afterwards. */
export interface RehearsalStore {
  readonly target: MigrationTarget;
  /** Names of what is in it before anything was done: a store that is not empty is not to be thrown away. */
  contents(): Promise<readonly string[]>;
  /**
   * Puts generated rows into every part, those that others refer to first. The same seed gives the same rows.
   *
   * @param passing questions that no row is to be found by; one that cannot be asked of the rows as they are now is passed over
   */
  fill(rows: number, seed: number, passing?: readonly RowQuestion[]): Promise<readonly Filled[]>;
  /** What the text of a step asks of the rows. */
  questions(text: string): readonly RowQuestion[];
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
