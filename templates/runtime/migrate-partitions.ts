import { defaultLock, defaultWaitMs } from "./migrate-defaults.ts";
import type { LockPatience, MigrationTarget, PartitionNote } from "./migration.ts";

export interface PartitionOptions {
  /** Periods after the one that has begun. Default: 14 days, 3 months or 1 year. */
  readonly ahead?: number | undefined;
  /** Default: the time of this process. */
  readonly now?: Date | undefined;
  /** Milliseconds to wait for another migrator. Default 60,000. */
  readonly waitMs?: number | undefined;
  /** How long each partition waits for locks. Default 4 s an attempt, 60 s in all. */
  readonly lock?: LockPatience | undefined;
}

/**
 * Makes the partitions of the period that has begun and of those to come, of every table that is partitioned by time; those that are there
 * stay as they are. `migrate up` does so, too. Resolves to what was made and what was left; undefined where no table of the store is
 * partitioned by time.
 *
 * @throws DataError overloaded while another migrator works, or somebody holds a lock on a table
 */
export async function migratePartitions(
  target: MigrationTarget,
  options: PartitionOptions = {},
): Promise<readonly PartitionNote[] | undefined> {
  if (target.partitions === undefined) return undefined;
  return target.locked(() => partitionsWithin(target, options), options.waitMs ?? defaultWaitMs);
}

/** The same for whoever holds the lock. */
export const partitionsWithin = async (
  target: MigrationTarget,
  { ahead, now = new Date(), lock = defaultLock }: PartitionOptions,
): Promise<readonly PartitionNote[]> =>
  (await target.partitions?.({ now, lock, ...(ahead !== undefined && { ahead }) })) ?? [];
