import type { Ir, StoreIr } from "../../ir/types.ts";
import type { ComposeService, GivenSetting, ServicePerStore } from "../engine.ts";
import { compose as single, lastingData, placeOf, serverSettings } from "../redis/compose.ts";

/** Of each node, besides those of a single server. */
const settings: readonly GivenSetting[] = [
  {
    name: "cluster-enabled",
    value: "yes",
    reason: "three primaries in one container show every redirection",
    production: "yes, with a machine for each primary and a replica of it on another (RC-01)",
  },
  {
    name: "cluster-announce-ip",
    value: "127.0.0.1",
    reason:
      "the address that clients are sent to must be one that they reach: here the machine itself",
    production: "the address of the node",
  },
].map((setting) => ({ ...setting, arguments: [`--${setting.name}`, setting.value] }));

const firstPort = 7_000;
const nodes = [0, 1, 2] as const;

/** Three primaries in one container. Their memory is a third of the whole each, which the development machine hardly notices. */
export const compose: ServicePerStore = {
  settings: [...settings, ...single.settings],
  of: serviceOf,
};

function serviceOf(store: StoreIr, ir: Ir): ComposeService {
  const { at, suffix } = placeOf(store, ir);
  const [first = firstPort, ...others] = nodes.map((node) => firstPort + at * nodes.length + node);
  return {
    service: `redis-cluster${suffix}`,
    image: "redis:8.4",
    port: first,
    morePorts: others,
    environment: {},
    // What follows the script are its arguments, and so the settings of each node; the first would be its name.
    command: ["sh", "-c", startScript([first, ...others]), "nodes"],
    settings: [...settings, ...serverSettings(store)],
    healthcheck: ["CMD-SHELL", `redis-cli -p ${first} cluster info | grep -q cluster_state:ok`],
    ...lastingData(store),
  };
}

/**
 * Runs the nodes until they are told to stop, which they then do in order, and joins those that know only themselves: after the first
 * time they find each other by what they wrote down.
 */
function startScript(ports: readonly number[]): string {
  const places = ports.map((port) => `127.0.0.1:${port}`).join(" ");
  const own = "--port $port --dir /data --cluster-config-file nodes-$port.conf";
  const files = "--appenddirname aof-$port --dbfilename dump-$port.rdb";
  return [
    `nodes=; trap 'kill $nodes; wait; exit' TERM INT`,
    `for port in ${ports.join(" ")}; do redis-server ${own} ${files} "$@" & nodes="$nodes $!"; done`,
    `for port in ${ports.join(" ")}; do until redis-cli -p $port ping | grep -q PONG; do sleep 0.2; done; done`,
    `if redis-cli -p ${ports[0]} cluster info | grep -q known_nodes:1; then redis-cli --cluster create ${places} --cluster-yes; fi`,
    "wait",
  ].join("; ");
}
