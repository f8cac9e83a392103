import type { Dsn } from "../../runtime/dsn.ts";
import { programmingError } from "../../runtime/errors.ts";
import type { Greeting } from "./connection.ts";

/** The number that a DSN's path is, 0 without one. @throws DataError programming for a path that is no number */
export function databaseOf(dsn: Dsn, store: string): number {
  const path = dsn.path === "" ? "0" : dsn.path;
  if (/^\d{1,9}$/.test(path)) return Number(path);
  throw programmingError(`the path of ${dsn.variable} is not the number of a database`, {
    operation: "configuration",
    store,
    hint: "a Redis database has no name: end the DSN with a number, such as /0",
  });
}

/** A cluster's nodes have one database each. @throws DataError programming for a DSN that names another */
export function refuseOtherDatabase(dsn: Dsn, store: string): void {
  if (dsn.path === "" || dsn.path === "0") return;
  throw programmingError(
    `${dsn.variable} names a database, and a Redis Cluster has database 0 only`,
    {
      operation: "configuration",
      store,
      hint: `end ${dsn.variable} after the port, or with /0; stores of one cluster are told apart by their keys`,
    },
  );
}

/**
 * Chooses the database before anything else is asked. The driver chooses it, too, and goes on in database 0 when that is refused. Undefined
 * where there is nothing to choose.
 *
 * @throws DataError programming when the server does not have it
 */
export function choosing(database: number, variable: string): Greeting | undefined {
  if (database === 0) return undefined;
  return async (ask) => {
    try {
      await ask("select", String(database));
    } catch (error) {
      if (isRefusal(error)) throw missing(database, variable);
      throw error;
    }
  };
}

/** A login that may not choose (NOPERM) is told as such. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.name === "ReplyError" && error.message.startsWith("ERR ");

const missing = (database: number, variable: string): Error =>
  programmingError(
    `the server has no database ${database}, which ${variable} names; nothing was sent`,
    {
      code: "DATABASE",
      hint: `give ${variable} another number (a cluster's nodes have 0 only), or raise \`databases\` in redis.conf and restart the server`,
    },
  );

/** The driver's own choice was refused, at a connection that is greeted next. */
export const isRefusedChoice = (error: unknown): boolean =>
  error instanceof Error &&
  "command" in error &&
  (error.command as { readonly name?: unknown } | undefined)?.name === "select";
