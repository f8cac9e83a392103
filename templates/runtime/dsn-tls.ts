import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { Dsn } from "./dsn.ts";
import { programmingError } from "./errors.ts";

const loopback = new Set(["localhost", "127.0.0.1", "::1"]);

/**
 * TLS as a DSN asks for it: `sslmode` disable, require, verify-ca, verify-full, with `sslrootcert`, `sslcert`, `sslkey` as files. Off
 * loopback the server's certificate and name are verified unless the DSN says otherwise. Undefined: no TLS.
 *
 * @throws DataError programming for another mode, and for a file that cannot be read
 */
export const tlsOf = (dsn: Dsn, host: string): ConnectionOptions | undefined => {
  const mode = dsn.parameters.get("sslmode") ?? (loopback.has(host) ? "disable" : "verify-full");
  if (mode === "disable") return undefined;
  if (mode !== "verify-full" && mode !== "verify-ca" && mode !== "require") {
    throw programmingError("sslmode must be disable, require, verify-ca or verify-full", {
      operation: "configuration",
    });
  }
  const file = (name: string): Buffer | undefined => {
    const path = dsn.parameters.get(name);
    return path === undefined ? undefined : fileOf(name, path);
  };
  const [ca, cert, key] = [file("sslrootcert"), file("sslcert"), file("sslkey")];
  return {
    rejectUnauthorized: mode !== "require",
    ...(mode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
};

const fileOf = (parameter: string, path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw programmingError(`the file that the DSN names as ${parameter} cannot be read`, {
      operation: "configuration",
      hint: `give ${parameter} the path of a PEM file; a relative one begins at the process's folder`,
      cause,
    });
  }
};

/** Milliseconds of `connect_timeout`, 3 s unless given. @throws DataError programming for what is no positive number of seconds */
export const connectTimeoutMs = (dsn: Dsn): number => {
  const seconds = Number(dsn.parameters.get("connect_timeout") ?? "3");
  if (seconds > 0 && seconds <= 600) return 1_000 * seconds;
  throw programmingError("connect_timeout must be a number of seconds from 0 to 600", {
    operation: "configuration",
  });
};

/** Whether only a server that takes writes will do: said by `target_session_attrs`, else where several hosts are named. */
export const mustWrite = (dsn: Dsn): boolean => {
  const wish = dsn.parameters.get("target_session_attrs");
  return wish === undefined ? dsn.hosts.length > 1 : wish === "read-write" || wish === "primary";
};
