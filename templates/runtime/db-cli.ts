import type { HealthReport } from "./health.ts";
import type { MigrationTarget } from "./migrate.ts";

/** A store that has migrations, with the folder they lie in. */
export interface MigratedStore {
  readonly name: string;
  readonly target: MigrationTarget;
  /** Absolute path or file URL of `migrations/<store>`. */
  readonly folder: string | URL;
}

export interface DbCliInput {
  /** Arguments after the script: `["migrate", "up"]`. */
  readonly argv: readonly string[];
  /** Opens the data layer; called only once the arguments are known to be right. */
  readonly open: () => DbCliLayer | Promise<DbCliLayer>;
  readonly write?: ((text: string) => void) | undefined;
  readonly writeError?: ((text: string) => void) | undefined;
}

export interface DbCliLayer {
  readonly stores: readonly MigratedStore[];
  readonly health: { ready(): Promise<HealthReport>; startup(): Promise<HealthReport> };
  close(): Promise<void>;
}

/** Runs `migrate up|down|status` or `health`; resolves to the exit status 0 (done), 1 (a finding), 2 (wrong arguments or files), 3 (a store). Never rejects. */
export async function runDbCli(_input: DbCliInput): Promise<number> {
  return 2;
}
