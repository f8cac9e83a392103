import type { MysqlConnection } from "./mysql-connection.ts";
import type { ConnectionSource } from "./statement-call.ts";

/** Runs `work` on a connection of its own: for probes, purges and migrations. Rejects with the driver's error. */
export const lend = async <T>(
  source: ConnectionSource,
  work: (connection: MysqlConnection) => Promise<T>,
): Promise<T> => {
  const connection = await new Promise<MysqlConnection>((granted, refused) => {
    source.acquire({ settled: false, granted, refused });
  });
  try {
    return await work(connection);
  } finally {
    source.release(connection);
  }
};
