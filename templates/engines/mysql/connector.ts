import type { ConnectionOptions } from "node:tls";
import type { Dsn } from "../../runtime/dsn.ts";
import { mustWrite } from "../../runtime/dsn-tls.ts";
import { serverTargets } from "./driver-options.ts";
import { beforeSending, FaultError } from "./errors.ts";
import { Killer } from "./killer.ts";
import { MysqlConnection } from "./mysql-connection.ts";
import type { Dialect } from "./session-settings.ts";

/** How to reach one server. */
export interface ServerTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: ConnectionOptions | undefined;
  readonly connectTimeoutMs: number;
  /** Told to the server, for its list of processes. */
  readonly program: string;
}

/** How the sessions of a store begin. */
export interface SessionUse {
  readonly name: string;
  readonly dialect: Dialect;
  readonly lockWaitSeconds: number;
}

/** Opens a session on the server that may be written to. @throws FaultError, not-applied */
export type Connector = () => Promise<MysqlConnection>;

/** Makes connectors from a DSN `mysql://user:password@host:port,host:port/database?parameters`. */
export const connectorOf = (dsn: Dsn, use: SessionUse): Connector => {
  const targets = serverTargets(dsn, use.name).map((target) => ({
    target,
    killer: new Killer(target),
  }));
  const writable = mustWrite(dsn);
  return async () => {
    let failure: unknown;
    for (const { target, killer } of targets) {
      try {
        const connection = await MysqlConnection.open(target, use, killer);
        if (!writable || (await probed(connection))) return connection;
        failure ??= readOnly();
      } catch (error) {
        failure = error;
      }
    }
    throw beforeSending(failure);
  };
};

/** Whether it takes writes; one that does not, or cannot say, is ended. */
const probed = async (connection: MysqlConnection): Promise<boolean> => {
  let fit = false;
  try {
    const { rows } = await connection.command("select @@global.read_only");
    fit = Number(rows[0]?.[0]) === 0;
    return fit;
  } finally {
    if (!fit) await connection.end();
  }
};

const readOnly = (): FaultError =>
  new FaultError("every server that answers is read-only", {
    kind: "connection",
    outcome: "not-applied",
    transient: true,
    fatal: true,
    code: "1290",
  });
