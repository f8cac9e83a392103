import { ask } from "../../../../templates/engines/postgres/ask.ts";
import type { Connection, ConnectionSource } from "../../../../templates/engines/postgres/wire.ts";
import type { Dsn } from "../../../../templates/runtime/dsn.ts";
import { embeddedSource } from "./embedded-session.ts";
import type { Query } from "./read.ts";
import { serverSource } from "./server-session.ts";

/** Sessions of a database that the command line works on itself, over the drivers of the user's package. */
export interface Sessions {
  readonly source: ConnectionSource;
  close(): Promise<void>;
}

/**
 * @param root folder of the user's package
 * @param extensions that the schema asks for: an embedded database has to be given them when it starts
 * @throws MissingPackage, or an Error of the driver
 */
export const openSessions = (
  dsn: Dsn,
  root: string,
  extensions: readonly string[] = [],
): Promise<Sessions> =>
  dsn.scheme === "pglite" ? embeddedSource(dsn, root, extensions) : serverSource(dsn, root);

/** Lends one session to some work. */
export async function withSession<T>(
  source: ConnectionSource,
  work: (query: Query, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await new Promise<Connection>((granted, refused) => {
    source.acquire({ settled: false, granted, refused });
  });
  try {
    return await work((text) => ask(connection, text), connection);
  } finally {
    source.release(connection);
  }
}
