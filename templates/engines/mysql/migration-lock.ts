import { DataError } from "../../runtime/errors.ts";
import type { LentConnection } from "./lend.ts";
import { prepared } from "./prepared.ts";

/** Locks are the server's, so the name holds the database; at most 64 characters. */
const lockName = "concat('adbstart.', left(sha2(concat(database(), '/', $1), 256), 40))";

const takeLock = prepared(`select get_lock(${lockName}, $2)`);
const giveLock = prepared(`select release_lock(${lockName})`);

/** Between two steps the connection may be quiet for long. */
const patience =
  "set session wait_timeout = 28800, net_read_timeout = 600, net_write_timeout = 600";

/** Takes the lock of a ledger for the session. @throws DataError overloaded when another migrator keeps it longer than `waitMs` */
export const take = async (
  connection: LentConnection,
  ledger: string,
  waitMs: number,
): Promise<void> => {
  await connection.command(patience);
  const { rows } = await connection.run(takeLock, [ledger, Math.ceil(waitMs / 1_000)]);
  if (Number(rows[0]?.[0]) === 1) return;
  throw new DataError({
    kind: "overloaded",
    operation: "migrate",
    message: `another migrator has held the lock for ${Math.round(waitMs / 1_000)} s`,
  });
};

/** Gives it back, and the connection up: its settings are not those of the pool. Never rejects. */
export const give = async (connection: LentConnection, ledger: string): Promise<void> => {
  if (!connection.lost) await connection.run(giveLock, [ledger]).catch(() => {});
  connection.destroy(new Error("Connection lost: the migrator has ended"));
};
