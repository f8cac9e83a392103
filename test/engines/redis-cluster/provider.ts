/** Redis Cluster: given by DSN, or nodes of our own from PATH or Debian's packages. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineProvider, PrivateServer, ServerFacts, ServerNeed } from "../contract.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { findBinary } from "../redis/binary.ts";
import type { ClusterPlan } from "./nodes.ts";
import { describe, namespace, probe } from "./session.ts";

const primaries = 3;
const settings: Readonly<Record<string, string>> = {
  save: "",
  appendonly: "no",
  bind: "127.0.0.1",
  "cluster-node-timeout": "5000",
  "repl-diskless-sync-delay": "0",
};

/** Feature of a need: each primary has a replica that takes over. */
const replicas = "replicas";

async function start(need: ServerNeed): Promise<PrivateServer> {
  const binary = await findBinary();
  const folder = serverFolder("redis-cluster", undefined);
  const count = need.features?.includes(replicas) === true ? primaries * 2 : primaries;
  const ports = new Set<number>();
  while (ports.size < count * 2) ports.add(await freePort());
  const [...all] = ports;
  const nodes = Array.from({ length: count }, (_, at) => ({
    port: all[at] ?? 0,
    busPort: all[count + at] ?? 0,
    folder: join(folder, String(at)),
  }));
  const secret =
    need.password === undefined ? {} : { requirepass: need.password, masterauth: need.password };
  const plan: ClusterPlan = {
    command: binary.path,
    argv0: "redis-server",
    nodes,
    primaries,
    settings: Object.entries({ ...settings, ...secret, ...need.settings }).flatMap(
      ([name, value]) => [`--${name}`, value],
    ),
    ...(need.password === undefined ? {} : { password: need.password }),
  };
  const file = join(folder, "cluster.json");
  writeFileSync(file, JSON.stringify(plan));
  const login = need.password === undefined ? "" : `:${encodeURIComponent(need.password)}@`;
  const dsn = `redis://${login}${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
  const launched = {
    command: process.execPath,
    args: ["--no-warnings", fileURLToPath(new URL("cluster-main.ts", import.meta.url)), file],
    folder,
    log: join(folder, "log"),
    probe: () => probe(dsn),
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
  } as const;
  const facts = async (): Promise<ServerFacts> => ({
    ...(await describe(dsn)),
    origin: `three nodes, ${binary.origin}`,
  });
  return startPrivate(launched, facts, namespace);
}

const provider: EngineProvider = {
  engine: "redis-cluster",
  variable: "TEST_REDIS_CLUSTER_URL",
  describe,
  namespace,
  sources: [{ name: "redis-server", offers: ["password", replicas], start }],
};

export default provider;
