import type { Socket } from "node:net";
import mysql, { type Connection } from "mysql2";
import { connectionOptions } from "./driver-options.ts";
import type { ServerTarget } from "./connector.ts";

/** What the published types of mysql2 leave out. */
interface ConnectionInternals {
  readonly stream: Socket;
}

export const streamOf = (connection: Connection): Socket =>
  (connection as unknown as ConnectionInternals).stream;

/** What the server says of itself when it greets. */
interface Greeting {
  readonly serverVersion?: unknown;
}

export interface Greeted {
  readonly connection: Connection;
  /** `9.7.4`, `10.11.14-MariaDB` */
  readonly version: string;
}

/** Connects and logs in; nothing more. @throws the driver's error */
export const greet = (target: ServerTarget): Promise<Greeted> =>
  new Promise((resolve, reject) => {
    const connection = mysql.createConnection(connectionOptions(target));
    connection.once("error", (error) => {
      streamOf(connection).destroy();
      reject(error);
    });
    connection.once("connect", (greeting: Greeting) => {
      connection.removeAllListeners("error");
      resolve({ connection, version: String(greeting.serverVersion ?? "") });
    });
  });
