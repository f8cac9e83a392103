import type { ConnectionOptions, SslOptions } from "mysql2";
import { connectTimeoutMs, tlsOf } from "../../runtime/dsn-tls.ts";
import type { Dsn } from "../../runtime/dsn.ts";
import type { ServerTarget } from "./connector.ts";

/** Statements that a connection keeps prepared; the least used one goes. Ten connections stay far below max_prepared_stmt_count. */
const preparedStatements = 256;

/** The servers that a DSN names, in its order. @param program what they are told, for their lists of processes */
export const serverTargets = (dsn: Dsn, program: string): readonly ServerTarget[] =>
  dsn.hosts.map(({ host, port }) => ({
    host,
    port: port ?? 3306,
    user: dsn.user ?? "root",
    password: dsn.password,
    database: dsn.path === "" ? undefined : dsn.path,
    tls: tlsOf(dsn, host),
    connectTimeoutMs: connectTimeoutMs(dsn),
    program: dsn.parameters.get("application_name") ?? program,
  }));

/**
 * How every connection is opened: one statement per text, no LOCAL INFILE (the server could ask for any file), every value exact: the
 * driver's time zones and number conversions are off.
 */
export const connectionOptions = (target: ServerTarget): ConnectionOptions => {
  const { tls, password, database } = target;
  return {
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
  };
};

const sslOf = (tls: NonNullable<ServerTarget["tls"]>): SslOptions => {
  const { ca, cert, key, rejectUnauthorized, checkServerIdentity } = tls;
  return {
    ...(ca === undefined ? {} : { ca: ca as Buffer }),
    ...(cert === undefined ? {} : { cert: cert as Buffer }),
    ...(key === undefined ? {} : { key: key as Buffer }),
    rejectUnauthorized: rejectUnauthorized !== false,
    verifyIdentity: rejectUnauthorized !== false && checkServerIdentity === undefined,
  };
};
