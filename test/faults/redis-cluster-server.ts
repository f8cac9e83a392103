/** A cluster of its own for a fault suite, and what is asked of its nodes. */
import { Redis } from "ioredis";
import { openRedisCluster } from "../../templates/engines/redis-cluster/store.ts";
import { slotOf } from "../../templates/engines/redis/slot.ts";
import type { StoreConfig } from "../../templates/runtime/store.ts";
import type { PrivateServer, ServerNeed } from "../engines/servers.ts";
import { nodeClients } from "../engines/redis-cluster/session.ts";
import { openStore, type OpenedRedis } from "./redis-server.ts";
import { onPrivate } from "./suite.ts";

export const onPrivateCluster = (
  name: string,
  suite: (server: PrivateServer) => void,
  need: ServerNeed = {},
): Promise<void> => onPrivate("redis-cluster", name, suite, { need });

export const openCluster = (
  dsn: string,
  config: Omit<StoreConfig, "dsn"> = {},
  authority = false,
): OpenedRedis => openStore(dsn, config, { open: openRedisCluster, authority });

/** A client to each node that the cluster was started with. */
export async function connectNodes(dsn: string): Promise<readonly Redis[]> {
  const nodes = nodeClients(dsn);
  await Promise.all(nodes.map((node) => node.connect()));
  return nodes;
}

interface Member {
  readonly id: string;
  readonly port: number;
  readonly primary: boolean;
  readonly failed: boolean;
  /** Id of the primary that it replicates. */
  readonly of: string;
}

/** The members as one node sees them. */
export async function membersOf(node: Redis): Promise<readonly Member[]> {
  const text = String(await node.call("cluster", "nodes"));
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [id = "", place = "", flags = "", of = ""] = line.split(" ");
      const port = Number(/:(\d+)/.exec(place)?.[1]);
      return { id, port, primary: flags.includes("master"), failed: flags.includes("fail"), of };
    });
}

/** The node of these that holds a key's slot. */
export async function ownerOf(nodes: readonly Redis[], key: string): Promise<Redis> {
  const slot = slotOf(key);
  const [asked] = nodes;
  if (asked === undefined) throw new Error("no node");
  const slots = (await asked.call("cluster", "slots")) as readonly (readonly [
    number,
    number,
    readonly [string, number],
  ])[];
  const range = slots.find(([from, to]) => from <= slot && slot <= to);
  const found = nodes.find(({ options }) => options.port === range?.[2][1]);
  if (found === undefined) throw new Error(`nobody holds slot ${slot}`);
  return found;
}

export const processOf = async (node: Redis): Promise<number> =>
  Number(/process_id:(\d+)/.exec(await node.info("server"))?.[1]);
