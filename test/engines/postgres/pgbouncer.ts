/** PgBouncer in transaction mode in front of a test server. */
import { accessSync, chownSync, constants, mkdtempSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { aptInstall, aptUsable } from "../apt.ts";
import type { Missing } from "../contract.ts";
import { freePort } from "../ports.ts";
import { launch, type RunningProcess } from "../process.ts";
import { unprivilegedUser } from "../unprivileged.ts";

export interface Pooler extends RunningProcess {
  /** The same database through the pooler, as a project's DSN names it. */
  readonly dsn: string;
}

/** @param dsn a database of a server that trusts loopback */
export async function startPgBouncer(dsn: string): Promise<Pooler | Missing> {
  const command = await findProgram();
  if (command === undefined) {
    return {
      engine: "postgres",
      reason: "pgbouncer is not on PATH, and only root on Debian can have it installed",
    };
  }
  const { hostname, port, username, pathname } = new URL(dsn);
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), "pgbouncer-"));
  const own = await freePort();
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, settings({ host: hostname, port, user: username || "postgres", own }));
  if (user !== undefined) for (const path of [folder, file]) chownSync(path, user.uid, user.gid);
  const running = await launch({
    command,
    args: [file],
    folder,
    log: join(folder, "log"),
    user,
    probe: () => connects(own),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
  });
  return {
    ...running,
    dsn: `postgresql://${username || "postgres"}@127.0.0.1:${own}${pathname}?pgbouncer=true`,
  };
}

/** Small pool: two clients share a server connection within a test, so that session state that leaks is seen. */
const settings = (at: { host: string; port: string; user: string; own: number }): string =>
  [
    "[databases]",
    `* = host=${at.host} port=${at.port} user=${at.user}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${at.own}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    "default_pool_size = 3",
    "max_client_conn = 100",
    "",
  ].join("\n");

async function findProgram(): Promise<string | undefined> {
  const present = onPath();
  if (present !== undefined || !(await aptUsable())) return present;
  await aptInstall(["pgbouncer"]);
  return onPath();
}

function onPath(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders
    .map((folder) => join(folder, "pgbouncer"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
