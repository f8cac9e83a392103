import type { PoolWaiter } from "../../runtime/connection-pool.ts";
import type { MysqlConnection } from "./mysql-connection.ts";

/** What probes, purges and migrations use of a connection. */
export type LentConnection = Pick<MysqlConnection, "command" | "run" | "lost" | "destroy">;

/** Lends connections for such work: the pool, or whatever else has some. */
export interface LendingSource {
  acquire(waiter: PoolWaiter<LentConnection>): void;
  release(connection: LentConnection): void;
}

/** Runs `work` on a connection of its own: for probes, purges and migrations. Rejects with the driver's error. */
export const lend = async <T>(
  source: LendingSource,
  work: (connection: LentConnection) => Promise<T>,
): Promise<T> => {
  const connection = await new Promise<LentConnection>((granted, refused) => {
    source.acquire({ settled: false, granted, refused });
  });
  try {
    return await work(connection);
  } finally {
    source.release(connection);
  }
};
