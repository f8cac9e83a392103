import type { Socket } from "node:net";
import mysql, { type Connection } from "mysql2";
import type { ServerTarget } from "./connector.ts";

/** What the published types of mysql2 leave out. */
interface ConnectionInternals {
  readonly stream: Socket;
}

export const streamOf = (connection: Connection): Socket =>
  (connection as unknown as ConnectionInternals).stream;

/** Statements that a connection keeps prepared; the least used one goes. Ten connections stay far below max_prepared_stmt_count. */
const preparedStatements = 256;

/** What the server says of itself when it greets. */
interface Greeting {
  readonly serverVersion?: unknown;
}

export interface Greeted {
  readonly connection: Connection;
  /** `9.7.4`, `10.11.14-MariaDB` */
  readonly version: string;
}

/**
 * Connects and logs in; nothing more. One statement per text, no LOCAL INFILE (the server could ask for any file), every value exact: the
 * driver's time zones and number conversions are off. @throws the driver's error
 */
export const greet = (target: ServerTarget): Promise<Greeted> =>
  new Promise((resolve, reject) => {
    const { tls, password, database } = target;
    const connection = mysql.createConnection({
      host: target.host,
      port: target.port,
      user: target.user,
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
      ...(tls === undefined ? {} : { ssl: sslOf(tls) }),
      connectTimeout: target.connectTimeoutMs,
      connectAttributes: { program_name: target.program },
      charset: "utf8mb4",
      timezone: "Z",
      flags: ["-LOCAL_FILES", "-IGNORE_SPACE"],
      multipleStatements: false,
      rowsAsArray: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      jsonStrings: true,
      maxPreparedStatements: preparedStatements,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
    });
    connection.once("error", (error) => {
      streamOf(connection).destroy();
      reject(error);
    });
    connection.once("connect", (greeting: Greeting) => {
      connection.removeAllListeners("error");
      resolve({ connection, version: String(greeting.serverVersion ?? "") });
    });
  });

const sslOf = (tls: NonNullable<ServerTarget["tls"]>): mysql.SslOptions => {
  const { ca, cert, key, rejectUnauthorized, checkServerIdentity } = tls;
  return {
    ...(ca === undefined ? {} : { ca: ca as Buffer }),
    ...(cert === undefined ? {} : { cert: cert as Buffer }),
    ...(key === undefined ? {} : { key: key as Buffer }),
    rejectUnauthorized: rejectUnauthorized !== false,
    verifyIdentity: rejectUnauthorized !== false && checkServerIdentity === undefined,
  };
};
