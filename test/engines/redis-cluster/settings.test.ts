// The script of compose.yaml itself, on this machine: other ports, another folder, the rest as it is written.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { cell, proving } from "../../support/closing-table.ts";
import { reasonOf } from "../command.ts";
import { namedValues } from "../compose-settings.ts";
import { columnOf, type Missing, type PrivateServer } from "../contract.ts";
import { freePort } from "../ports.ts";
import { serverFolder, startPrivate } from "../private-server.ts";
import { findBinary } from "../redis/binary.ts";
import { configuration, onServer, shownMemory } from "../redis/configuration.ts";
import { orFail } from "../registry.ts";
import { serviceFor } from "../store-services.ts";
import { describe as facts, namespace } from "./session.ts";

const engine = "redis-cluster";
const service = serviceFor(engine, "records");
const declared = [service.port, ...(service.morePorts ?? [])];
const startLimitMs = 60_000;

/** A port whose cluster bus, ten thousand above, is a port as well. */
async function nodePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = await freePort();
    if (port < 55_000) return port;
  }
  throw new Error("no free port below 55,000");
}

interface Started {
  readonly server: PrivateServer;
  readonly dsns: readonly string[];
}

/** @throws when the engine is required */
function missing(reason: string): Missing {
  const none: Missing = { engine, reason };
  orFail(none);
  return none;
}

async function start(): Promise<Started | Missing> {
  const binary = await findBinary().catch(reasonOf);
  if (typeof binary === "string") return missing(binary);
  const folder = serverFolder(engine, undefined);
  for (const name of ["bin", "data"]) mkdirSync(join(folder, name));
  symlinkSync(binary.path, join(folder, "bin/redis-server"));
  const ports: number[] = [];
  while (ports.length < declared.length) ports.push(await nodePort());
  const here = (text: string): string =>
    declared.reduce(
      (told, port, at) => told.replaceAll(String(port), String(ports[at])),
      text.replaceAll("/data", join(folder, "data")),
    );
  const given = service.settings.flatMap((one) => ("arguments" in one ? one.arguments : []));
  const [command = "", ...args] = [...service.command.map(here), ...given];
  const dsns = ports.map((port) => `redis://127.0.0.1:${port}`);
  const state = async (): Promise<void> => {
    for (const dsn of dsns) await joined(dsn);
  };
  const plan = {
    command,
    args,
    env: { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
    folder,
    log: join(folder, "log"),
    probe: state,
    stopSignal: "SIGTERM",
    abortSignal: "TERM",
    startLimitMs,
  } as const;
  const dsn = `redis://${ports.map((port) => `127.0.0.1:${port}`).join(",")}`;
  return { server: await startPrivate(plan, () => facts(dsn), namespace), dsns };
}

/** @throws while the node does not see the whole cluster */
async function joined(dsn: string): Promise<void> {
  const text = await onServer(dsn, (redis) => redis.call("cluster", "info"));
  if (!String(text).includes("cluster_state:ok")) throw new Error("the cluster is not whole yet");
}

async function onCluster<T>(
  dsns: readonly string[],
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = new Cluster([...dsns], {
    lazyConnect: true,
    clusterRetryStrategy: () => null,
  });
  cluster.on("error", () => undefined);
  try {
    await cluster.connect();
    return await work(cluster);
  } finally {
    cluster.disconnect();
  }
}

const started = await start();
const of = {
  port: "test server",
  engine: "server" in started ? columnOf(started.server) : engine,
  method: "settings of compose.yaml",
};
if (!("server" in started)) cell(of, { kind: "not proven", why: started.reason });

describe.skipIf(!("server" in started))(
  "the script that starts three nodes in one container",
  () => {
    if (!("server" in started)) return;
    const { server, dsns } = started;
    afterAll(() => server.stop());

    test(
      "each node has every setting",
      proving(of, async () => {
        const values = namedValues(service);
        for (const dsn of dsns)
          expect(await configuration(dsn, Object.keys(values))).toEqual({
            ...values,
            ...shownMemory(values),
          });
      }),
    );

    test(
      "what was written is there after docker compose stop and start, on all three",
      proving(of, async () => {
        const keys = ["a", "b", "c", "d", "e", "f"];
        await onCluster(dsns, (cluster) => Promise.all(keys.map((key) => cluster.set(key, key))));
        await server.restart();
        const values = await onCluster(dsns, (cluster) =>
          Promise.all(keys.map((key) => cluster.get(key))),
        );
        expect(values).toEqual(keys);
      }),
      120_000,
    );
  },
);
