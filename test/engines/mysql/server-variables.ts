/** What a server of this family shows for the settings of its compose service. */
import { createConnection, type RowDataPacket } from "mysql2/promise";

/** Values that are written in one way and shown in another. */
export const shown: Readonly<Record<string, string>> = {
  "innodb-buffer-pool-size": String(512 * 1024 * 1024),
  "log-bin-trust-function-creators": "ON",
  "long-query-time": "0.250000",
  "slow-query-log": "ON",
};

export async function variables(
  dsn: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const connection = await createConnection(dsn.replace(/^\w+:/, "mysql:"));
  try {
    const [rows] = await connection.query<RowDataPacket[]>("show global variables");
    const values = new Map(rows.map((row) => [String(row["Variable_name"]), String(row["Value"])]));
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = values.get(name.replaceAll("-", "_"));
        return value === undefined ? [] : [[name, value]];
      }),
    );
  } finally {
    await connection.end();
  }
}
