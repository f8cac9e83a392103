import { pathToFileURL } from "node:url";
import type { Connection } from "mysql2";
import {
  serverTargets,
  connectionOptions,
} from "../../../../templates/engines/mysql/driver-options.ts";
import type { LendingSource, LentConnection } from "../../../../templates/engines/mysql/lend.ts";
import type { Answer } from "../../../../templates/engines/mysql/mysql-connection.ts";
import { sessionSettings } from "../../../../templates/engines/mysql/session-settings.ts";
import type { Dsn } from "../../../../templates/runtime/dsn.ts";
import { packageEntry } from "../../../migrate/baseline/packages.ts";
import type { Dialect } from "../dialect.ts";

/** What is used of the driver, which is the user's package's own. */
type Driver = Pick<typeof import("mysql2"), "createConnection" | "TypedParameter">;

/** Sessions of a database that the command line works on itself. */
export interface Sessions {
  readonly source: LendingSource;
  close(): Promise<void>;
}

const lockWaitSeconds = 10;

/**
 * @param root folder of the user's package
 * @throws MissingPackage, or an Error of the driver
 */
export async function openSessions(
  dsn: Dsn,
  root: string,
  { name: dialect }: Dialect,
): Promise<Sessions> {
  const { default: driver }: { default: Driver } = await import(
    pathToFileURL(packageEntry(root, "mysql2")).href
  );
  const all: Session[] = [];
  const open = async (): Promise<Session> => {
    const session = await connected(driver, dsn);
    all.push(session);
    for (const text of sessionSettings(dialect, lockWaitSeconds)) await session.command(text);
    return session;
  };
  // The first session now, so that a wrong DSN is told before anything is done.
  const idle: Session[] = [await open()];
  return {
    source: {
      acquire: (waiter) => {
        const session = idle.pop();
        if (session !== undefined) waiter.granted(session);
        else
          open().then(
            (made) => waiter.granted(made),
            (error: unknown) => waiter.refused(error),
          );
      },
      release: (connection) => {
        const session = all.find((each) => each === connection);
        if (session !== undefined && !session.lost) idle.push(session);
      },
    },
    close: async () => {
      await Promise.all(all.map((session) => session.end()));
    },
  };
}

/** The first server that answers. */
async function connected(driver: Driver, dsn: Dsn): Promise<Session> {
  let failure: unknown;
  for (const target of serverTargets(dsn, "async-db-starter")) {
    const connection = driver.createConnection(connectionOptions(target));
    try {
      await new Promise<void>((resolve, reject) => {
        connection.connect((error) => (error === null ? resolve() : reject(error)));
      });
      return new Session(connection, driver);
    } catch (error) {
      failure = error;
      connection.destroy();
    }
  }
  throw failure;
}

class Session implements LentConnection {
  readonly #connection: Connection;
  readonly #driver: Driver;
  #lost = false;

  constructor(connection: Connection, driver: Driver) {
    this.#connection = connection;
    this.#driver = driver;
    connection.on("error", () => {
      this.#lost = true;
    });
  }

  get lost(): boolean {
    return this.#lost;
  }

  readonly command: LentConnection["command"] = (text) =>
    new Promise((resolve, reject) => {
      this.#connection.query(text, (error, result) =>
        error === null ? resolve(answerOf(result)) : reject(error),
      );
    });

  readonly run: LentConnection["run"] = ({ text, places }, values) => {
    const { LONGLONG } = this.#driver.TypedParameter;
    const bound = places.map((place) => {
      const value = values[place] ?? null;
      if (value instanceof Uint8Array) return Buffer.from(value);
      return typeof value === "number" || typeof value === "bigint" ? LONGLONG(value) : value;
    });
    return new Promise((resolve, reject) => {
      this.#connection.execute(text, bound, (error, result) =>
        error === null ? resolve(answerOf(result)) : reject(error),
      );
    });
  };

  destroy(): void {
    this.#lost = true;
    this.#connection.destroy();
  }

  async end(): Promise<void> {
    if (this.#lost) return;
    this.#lost = true;
    await new Promise<void>((resolve) => this.#connection.end(() => resolve()));
  }
}

const answerOf = (result: unknown): Answer => {
  if (Array.isArray(result)) return { rows: result as Answer["rows"], found: result.length };
  const found: unknown =
    typeof result === "object" && result !== null ? Reflect.get(result, "affectedRows") : 0;
  return { rows: [], found: Number(found) };
};
