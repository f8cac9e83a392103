import type { Dsn } from "../../runtime/dsn.ts";
import { connectTimeoutMs, mustWrite, tlsOf } from "../../runtime/dsn-tls.ts";
import { beforeSending, FaultError } from "./errors.ts";
import { ask } from "./ask.ts";
import { PgConnection, type ConnectionTarget } from "./pg-connection.ts";

/** Opens a session on the server that may be written to. @throws FaultError, not-applied */
export type Connector = () => Promise<PgConnection>;

/** Settings of a kind of connection, milliseconds. */
export interface ConnectionUse {
  readonly name: string;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
}

/** Makes connectors from a DSN `postgresql://user:password@host:port,host:port/database?parameters`. */
export const connectorOf = (dsn: Dsn, use: ConnectionUse): Connector => {
  const pooler = dsn.parameters.get("pgbouncer") === "true";
  const targets = dsn.hosts.map(({ host, port }): ConnectionTarget => ({
    host,
    port: port ?? 5432,
    user: dsn.user ?? "postgres",
    password: dsn.password,
    database: dsn.path === "" ? (dsn.user ?? "postgres") : dsn.path,
    tls: tlsOf(dsn, host),
    connectTimeoutMs: connectTimeoutMs(dsn),
    settings: settingsOf(dsn, use, pooler),
    named: !pooler,
  }));
  return () => openFirst(targets, mustWrite(dsn));
};

/** PgBouncer passes on only what it tracks itself and refuses a time-out in the startup message: there the deadline alone protects. */
const settingsOf = (
  dsn: Dsn,
  use: ConnectionUse,
  pooler: boolean,
): Readonly<Record<string, string>> => {
  const tracked = {
    application_name: dsn.parameters.get("application_name") ?? use.name,
    client_encoding: "UTF8",
    DateStyle: "ISO, YMD",
    TimeZone: "UTC",
  };
  if (pooler) return tracked;
  return {
    ...tracked,
    bytea_output: "hex",
    extra_float_digits: "1",
    idle_in_transaction_session_timeout: "60000",
    ...(use.statementTimeoutMs === undefined
      ? {}
      : { statement_timeout: `${use.statementTimeoutMs}` }),
    ...(use.lockTimeoutMs === undefined ? {} : { lock_timeout: `${use.lockTimeoutMs}` }),
  };
};

const openFirst = async (
  targets: readonly ConnectionTarget[],
  mustWrite: boolean,
): Promise<PgConnection> => {
  let failure: unknown;
  for (const target of targets) {
    try {
      const connection = await PgConnection.open(target);
      if (!mustWrite || (await probed(connection))) return connection;
      failure ??= readOnly();
    } catch (error) {
      failure = error;
    }
  }
  throw beforeSending(failure);
};

/** Whether it takes writes; one that does not, or cannot say, is ended. */
const probed = async (connection: PgConnection): Promise<boolean> => {
  let fit = false;
  try {
    fit = await acceptsWrites(connection);
    return fit;
  } finally {
    if (!fit) await connection.end();
  }
};

const acceptsWrites = async (connection: PgConnection): Promise<boolean> => {
  const [row] = await ask(
    connection,
    "select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'",
  );
  return row?.[0] === "f";
};

const readOnly = (): FaultError =>
  new FaultError("every server that answers is read-only", {
    kind: "connection",
    outcome: "not-applied",
    transient: true,
    fatal: true,
    code: "25006",
  });
