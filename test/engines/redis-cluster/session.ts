/** What the provider asks a running cluster, through the driver. */
import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import type { Namespace, ServerFacts } from "../contract.ts";

/** One client per host of the DSN. */
export function nodeClients(dsn: string): readonly Redis[] {
  const [, login = "", hosts = ""] = /^redis:\/\/(?:([^@]*)@)?([^/?]*)/.exec(dsn) ?? [];
  const [user = "", password] = login.split(":").map(decodeURIComponent);
  return hosts.split(",").map((place) => {
    const at = place.lastIndexOf(":");
    const client = new Redis({
      host: place.slice(0, at),
      port: Number(place.slice(at + 1)),
      lazyConnect: true,
      connectTimeout: 5000,
      commandTimeout: 10_000,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      ...(user === "" ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
    });
    client.on("error", () => undefined);
    return client;
  });
}

export async function describe(dsn: string): Promise<ServerFacts> {
  const [version = "unknown"] = await askAll(dsn, async (node) => {
    const info = await node.info("server");
    return /redis_version:(\S+)/.exec(info)?.[1] ?? "unknown";
  });
  return {
    engine: "redis-cluster",
    dsn,
    kind: "real",
    version,
    origin: "TEST_REDIS_CLUSTER_URL",
    features: [],
  };
}

/** Resolves when every node says that the cluster is whole, and every replica has the data that it would take over. */
export async function probe(dsn: string): Promise<void> {
  const states = await askAll(dsn, async (node) => {
    const [info, nodes, replication] = await Promise.all([
      node.cluster("INFO"),
      node.cluster("NODES"),
      node.info("replication"),
    ]);
    const whole = String(info).includes("cluster_state:ok") && !String(nodes).includes("fail");
    return whole && !replication.includes("master_link_status:down");
  });
  if (!states.every(Boolean)) throw new Error("the cluster is not whole yet");
}

/** A cluster has one keyspace: only the prefix separates. */
export function namespace(server: ServerFacts): Promise<Namespace> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  return Promise.resolve({ name, dsn: server.dsn, drop: () => dropPrefix(server.dsn, `${name}*`) });
}

async function dropPrefix(dsn: string, pattern: string): Promise<void> {
  await askAll(dsn, async (node) => {
    for await (const keys of node.scanStream({ match: pattern, count: 500 }))
      for (const key of Array.isArray(keys) ? keys : [])
        await node.unlink(String(key)).catch(() => 0);
  });
}

async function askAll<T>(dsn: string, work: (node: Redis) => Promise<T>): Promise<readonly T[]> {
  const nodes = nodeClients(dsn);
  try {
    return await Promise.all(
      nodes.map(async (node) => {
        await node.connect();
        return work(node);
      }),
    );
  } finally {
    for (const node of nodes) node.disconnect();
  }
}
