import type { PoolState } from "../../runtime/telemetry.ts";
import type { Lanes } from "./statement-session.ts";
import type { ConnectionSource, Lane } from "./wire.ts";

/** Carries a store's statements: a server over TCP, or PGlite in process. */
export interface Transport {
  readonly lanes: Lanes;
  /** Where a health probe waits for nobody's statement, as long as the pool has a connection left. */
  readonly probe: Lane;
  /** Connections for transactions and migrations. */
  readonly source: ConnectionSource;
  /** Starts the database itself, once; absent where that is a server's own affair. */
  load?(): Promise<void>;
  /** True once something was sent or connected. */
  readonly opened: boolean;
  readonly poolState: () => PoolState;
  /** Ends the connections after what they are doing. */
  close(): Promise<void>;
  /** Gives up what is still under way. */
  destroy(error: unknown): void;
}
