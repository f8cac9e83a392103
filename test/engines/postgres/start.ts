/** Starting one PostgreSQL from a build: its own data folder, its own port on loopback, its settings. */
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "node:child_process";
import type { PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { type User, unprivilegedUser } from "../unprivileged.ts";
import type { Build } from "./binaries.ts";
import { describe, namespace, probe } from "./session.ts";

/** Survives a killed process, not a power cut: what the tests kill is the process. */
const settings: Readonly<Record<string, string>> = {
  fsync: "off",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  wal_level: "logical",
  max_connections: "300",
  max_prepared_transactions: "10",
  shared_buffers: "64MB",
  shared_preload_libraries: "pg_stat_statements",
};

/** @throws with the end of the server's log when it does not come up. */
export async function startBuild(build: Build, need: ServerNeed): Promise<PrivateServer> {
  const user = unprivilegedUser();
  const folder = serverFolder("postgres", user);
  const data = join(folder, "data");
  const port = await freePort();
  await initialise(build, folder, user, need.password);
  const tls = need.tls ? tlsSettings(folder, data, user, need) : {};
  const all = { ...settings, port: String(port), ...tls, ...need.settings };
  const secret = need.password ? `:${encodeURIComponent(need.password)}` : "";
  const dsn = `postgresql://postgres${secret}@127.0.0.1:${port}/postgres`;
  const trust = need.tls ? { caPem: need.tls.caPem } : {};
  const plan = {
    command: join(build.bin, "postgres"),
    args: ["-D", data, ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    folder,
    log: join(folder, "log"),
    user,
    probe: () => probe(dsn, need.tls !== undefined),
    stopSignal: "SIGINT",
    abortSignal: "QUIT",
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(dsn, need.tls !== undefined)),
    origin: build.origin,
    ...trust,
  });
  return startPrivate(plan, facts, namespace);
}

async function initialise(
  build: Build,
  folder: string,
  user: User | undefined,
  password: string | undefined,
): Promise<void> {
  const secret = join(folder, "password");
  if (password) writeOwned(secret, password, user);
  const authentication = password
    ? ["--auth=scram-sha-256", `--pwfile=${secret}`]
    : ["--auth=trust"];
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const options = ["--username=postgres", "--no-sync", "--no-instructions", "--locale=C"];
  const args = ["-D", join(folder, "data"), ...options, ...locale, ...authentication];
  const child = spawn(join(build.bin, "initdb"), args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
    ...user,
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  const status = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  if (status !== 0) throw new Error(`initdb failed: ${words.trim()}`);
}

/** TLS only: a client that does not ask for it is refused, as on a well-kept server. */
function tlsSettings(
  folder: string,
  data: string,
  user: User | undefined,
  need: ServerNeed,
): Readonly<Record<string, string>> {
  const certificate = join(folder, "server.crt");
  const key = join(folder, "server.key");
  writeOwned(certificate, need.tls?.certPem ?? "", user);
  writeOwned(key, need.tls?.keyPem ?? "", user);
  const method = need.password ? "scram-sha-256" : "trust";
  writeOwned(join(data, "pg_hba.conf"), `hostssl all all 127.0.0.1/32 ${method}\n`, user);
  return { ssl: "on", ssl_cert_file: certificate, ssl_key_file: key };
}

function writeOwned(file: string, text: string, user: User | undefined): void {
  writeFileSync(file, text, { mode: 0o600 });
  if (user) chownSync(file, user.uid, user.gid);
}
