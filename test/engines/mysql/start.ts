/** Starting one MySQL or MariaDB from a build: its own data folder, its own port on loopback, its settings. */
import { chownSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dialect } from "../../../templates/engines/mysql/session-settings.ts";
import type { PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { freePort } from "../ports.ts";
import { run } from "../command.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { type User, unprivilegedUser } from "../unprivileged.ts";
import { describe, namespace, probe } from "./session.ts";

/** A server's program and a data folder that was made once, to be copied. */
export interface Build {
  readonly engine: Dialect;
  readonly origin: string;
  readonly command: string;
  /** Before the settings. */
  readonly args: readonly string[];
  /** A data folder that no server has run on. */
  readonly data: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Survives a killed process, not a power cut: what the tests kill is the process. */
const settings: Readonly<Record<string, string>> = {
  "bind-address": "127.0.0.1",
  "innodb-flush-log-at-trx-commit": "2",
  "innodb-buffer-pool-size": "64M",
  "max-connections": "300",
  "performance-schema": "OFF",
  "secure-file-priv": "",
};

/** @throws with the end of the server's log when it does not come up. */
export async function startBuild(build: Build, need: ServerNeed): Promise<PrivateServer> {
  const { engine } = build;
  const user = unprivilegedUser();
  const folder = serverFolder(engine, user);
  const data = join(folder, "data");
  const port = await freePort();
  cpSync(build.data, data, { recursive: true });
  // A server that starts sweeps its folder for temporary tables: two must not share one.
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  if (user) await run("chown", ["-R", `${user.uid}:${user.gid}`, data, temporary]);
  const secret = need.password ? `:${encodeURIComponent(need.password)}` : "";
  const dsn = `${engine}://root${secret}@127.0.0.1:${port}/mysql`;
  const tls = need.tls !== undefined;
  const own = {
    datadir: data,
    tmpdir: temporary,
    port: String(port),
    socket: join(folder, "socket"),
    "pid-file": join(folder, "pid"),
    "init-file": accounts(folder, user, need.password ?? ""),
    ...(need.tls ? tlsSettings(folder, user, need.tls) : {}),
  };
  const all = { ...settings, ...build.settings, ...own, ...need.settings };
  const plan = {
    command: build.command,
    args: [...build.args, ...Object.entries(all).map(([key, value]) => `--${key}=${value}`)],
    folder,
    log: join(folder, "log"),
    user,
    probe: () => probe(dsn, tls),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(engine, dsn, tls)),
    origin: build.origin,
    ...(need.tls ? { caPem: need.tls.caPem } : {}),
  });
  return startPrivate(plan, facts, namespace);
}

/** The administrator over TCP, read at each start. */
function accounts(folder: string, user: User | undefined, password: string): string {
  const secret = `'${password.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  const statements = [
    "create user if not exists 'root'@'127.0.0.1'",
    `alter user 'root'@'127.0.0.1' identified by ${secret}`,
    "grant all on *.* to 'root'@'127.0.0.1' with grant option",
    `alter user 'root'@'localhost' identified by ${secret}`,
  ];
  return writeOwned(join(folder, "init.sql"), `${statements.join(";\n")};\n`, user);
}

/** TLS only: a client that does not ask for it is refused, as on a well-kept server. */
function tlsSettings(
  folder: string,
  user: User | undefined,
  { certPem, keyPem, caPem }: NonNullable<ServerNeed["tls"]>,
): Readonly<Record<string, string>> {
  return {
    "require-secure-transport": "ON",
    "ssl-cert": writeOwned(join(folder, "server.crt"), certPem, user),
    "ssl-key": writeOwned(join(folder, "server.key"), keyPem, user),
    "ssl-ca": writeOwned(join(folder, "ca.crt"), caPem, user),
  };
}

function writeOwned(file: string, text: string, user: User | undefined): string {
  writeFileSync(file, text, { mode: 0o600 });
  if (user) chownSync(file, user.uid, user.gid);
  return file;
}
