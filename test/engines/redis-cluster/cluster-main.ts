/** Runs the nodes of one test cluster as its children and joins them; they end with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { ClusterPlan, NodePlan } from "./nodes.ts";

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ClusterPlan;
const limitMs = 30_000;

const start = ({ port, busPort, folder }: NodePlan): ChildProcess => {
  mkdirSync(folder, { recursive: true });
  const own = { port, "cluster-port": busPort, dir: folder, "cluster-config-file": "nodes.conf" };
  const args = Object.entries(own).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return spawn(plan.command, [...args, "--cluster-enabled", "yes", ...plan.settings], {
    argv0: plan.argv0,
    stdio: "inherit",
  });
};

const children = plan.nodes.map(start);
process.once("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
  void Promise.all(
    children.map((child) => child.exitCode ?? new Promise((done) => child.once("exit", done))),
  ).then(() => process.exit(0));
});

const clients = plan.nodes.map(({ port }) => {
  const client = new Redis({
    port,
    host: "127.0.0.1",
    ...(plan.password === undefined ? {} : { password: plan.password }),
    retryStrategy: () => 100,
    maxRetriesPerRequest: null,
  });
  client.on("error", () => undefined);
  return client;
});

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; !(await done());) {
    if (Date.now() > end) throw new Error("the cluster did not come about");
    await sleep(50);
  }
}

const ask = (client: Redis, ...args: readonly string[]): Promise<string> =>
  client.call("cluster", ...args) as Promise<string>;

/** Slots to the primaries, introductions, then a primary for each replica. A restarted cluster remembers all of it. */
async function join(): Promise<void> {
  const [first, ...others] = clients;
  if (first === undefined || plan.nodes[0] === undefined) return;
  const known = /cluster_known_nodes:(\d+)/.exec(await ask(first, "info"))?.[1];
  if (Number(known) > 1) return;
  const share = 16_384 / plan.primaries;
  for (const [at, client] of clients.entries()) {
    await ask(client, "set-config-epoch", String(at + 1));
    if (at >= plan.primaries) continue;
    const range = [Math.floor(at * share), Math.floor((at + 1) * share) - 1];
    await ask(client, "addslotsrange", ...range.map(String));
  }
  const { port, busPort } = plan.nodes[0];
  for (const client of others)
    await ask(client, "meet", "127.0.0.1", String(port), String(busPort));
  await until(async () => {
    const infos = await Promise.all(clients.map((client) => ask(client, "nodes")));
    return infos.every(
      (text) => text.trim().split("\n").length === clients.length && !text.includes("handshake"),
    );
  });
  for (const [at, client] of clients.slice(plan.primaries).entries()) {
    const primary = clients[at % plan.primaries];
    if (primary !== undefined) await ask(client, "replicate", await ask(primary, "myid"));
  }
}

await join();
for (const client of clients) client.disconnect();
