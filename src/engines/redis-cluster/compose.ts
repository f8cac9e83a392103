import type { Ir, StoreIr } from "../../ir/types.ts";
import type { ComposeService } from "../engine.ts";
import { placeOf, serverSettings } from "../redis/compose.ts";

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

export const settings: readonly Setting[] = [
  {
    name: "cluster-enabled",
    value: "yes",
    reason:
      "three primaries in one container show every redirection; a real cluster has a machine for each, and a replica of it on another (RC-01)",
  },
  {
    name: "cluster-announce-ip",
    value: "127.0.0.1",
    reason:
      "the address that clients are sent to must be one that they reach: here the machine itself",
  },
];

const firstPort = 7_000;
const nodes = [0, 1, 2] as const;

/** Three primaries in one container. Their memory is a third of the whole each, which the development machine hardly notices. */
export function compose(store: StoreIr, ir: Ir): ComposeService {
  const { at, suffix } = placeOf(store, ir);
  const [first = firstPort, ...others] = nodes.map((node) => firstPort + at * nodes.length + node);
  const ports = [first, ...others];
  const options = serverSettings(store).map(([name, value]) => `--${name} '${value}'`);
  const start = [
    "redis-server --port $port --cluster-enabled yes --cluster-config-file nodes-$port.conf",
    "--cluster-announce-ip 127.0.0.1 --dir /data --appenddirname aof-$port",
    ...options,
    "--daemonize yes",
  ].join(" ");
  const places = ports.map((port) => `127.0.0.1:${port}`).join(" ");
  const script = [
    `for port in ${ports.join(" ")}; do ${start}; done`,
    "sleep 1",
    `redis-cli -p ${first} cluster info | grep -q cluster_state:ok || redis-cli --cluster create ${places} --cluster-yes`,
    "exec sleep infinity",
  ].join("; ");
  return {
    service: `redis-cluster${suffix}`,
    image: "redis:8.4",
    port: first,
    morePorts: others,
    environment: {},
    command: ["sh", "-c", script],
    healthcheck: ["CMD-SHELL", `redis-cli -p ${first} cluster info | grep -q cluster_state:ok`],
  };
}
