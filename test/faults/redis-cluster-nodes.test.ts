import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PrivateServer } from "../engines/servers.ts";
import { counters } from "./redis-records.ts";
import {
  connectNodes,
  membersOf,
  onPrivateCluster,
  openCluster,
  ownerOf,
  processOf,
} from "./redis-cluster-server.ts";
import { type OpenedRedis } from "./redis-server.ts";
import { until, verdict } from "./suite.ts";

const suite = (server: PrivateServer): void => {
  let nodes: readonly Redis[];
  let opened: OpenedRedis;
  let records: ReturnType<typeof counters>;

  beforeAll(async () => {
    nodes = await connectNodes(server.dsn);
    opened = openCluster(server.dsn, { deadlineMs: 2_000 }, true);
    records = counters(opened.store.session());
  });
  afterAll(async () => {
    await opened.close();
    expect(opened.lifecycle.inFlight).toBe(0);
    for (const node of nodes) node.disconnect();
  });

  it("wrong credentials and a server that is no cluster are told at once", async () => {
    const wrong = openCluster(server.dsn.replace("redis://", "redis://nobody:wrong@"));
    expect(await verdict(wrong.store.read("get", ["k"]))).toMatchObject({ kind: "auth" });
    await wrong.close();
    const closed = openCluster("redis://127.0.0.1:1", { deadlineMs: 2_000 });
    const ended = await verdict(closed.store.read("get", ["k"]));
    expect([ended.kind, ended.elapsed < 2_250]).toEqual(["unavailable", true]);
    await closed.close();
  });

  it("a message reaches every process, whichever node each listens to, also after a loss", async () => {
    const texts: string[] = [];
    let heard = 0;
    const leave = opened.store.router.subscribe("faults:news", {
      heard: () => (heard += 1),
      lost: () => {},
      message: (text) => texts.push(text),
    });
    await until(5_000, () => heard === 1);
    for (const node of nodes.slice(0, 3)) await node.publish("faults:news", "hello");
    await until(5_000, () => texts.length === 3);
    for (const node of nodes) await node.call("client", "kill", "type", "pubsub");
    await until(5_000, () => heard === 2);
    await nodes[0]?.publish("faults:news", "again");
    await until(5_000, () => texts.length === 4);
    expect(texts).toEqual(["hello", "hello", "hello", "again"]);
    leave();
  });

  it(
    "F4: a primary is killed: its replica takes over, no keyed write is doubled, calls end in time",
    { timeout: 120_000 },
    async () => {
      const { id } = await records.add({ label: "sum", count: 0 });
      const victim = await ownerOf(nodes, `faults:counters:{${id}}`);
      const survivor = nodes.find((node) => node !== victim);
      await victim.call("wait", 1, 1_000);
      const slow: number[] = [];
      let going = true;
      const sent = new Set<string>();
      const elsewhere: string[] = [];
      const worker = async (): Promise<void> => {
        while (going) {
          const operation = randomUUID();
          sent.add(operation);
          const { elapsed } = await verdict(records.raise(id, 1, { operation }));
          slow.push(elapsed);
          const other = await verdict(records.add({ label: "other", count: 1 }));
          slow.push(other.elapsed);
          elsewhere.push(other.kind);
          await sleep(20);
        }
      };
      const workers = Array.from({ length: 4 }, worker);
      await sleep(300);
      process.kill(await processOf(victim), "SIGKILL");
      const port = victim.options.port;
      const takenOver = async (): Promise<boolean> => {
        if (survivor === undefined) return false;
        const members = await membersOf(survivor);
        return (
          members.filter((one) => one.primary && !one.failed && one.port !== port).length === 3
        );
      };
      expect(await until(30_000, takenOver)).toBeLessThan(30_000);
      const back = async () => (await verdict(records.get(id))).kind === "ok";
      expect(await until(10_000, back)).toBeLessThan(10_000);
      await sleep(300);
      going = false;
      await Promise.all(workers);
      for (const elapsed of slow) expect(elapsed).toBeLessThan(2_250);
      // Asked again under its id, every write counts once, whatever became of it before.
      for (const operation of sent) await records.raise(id, 1, { operation });
      const end = await records.get(id);
      // What a fail-over had not replicated is written anew by the replay: neither lost nor doubled.
      expect(end).toMatchObject({ count: sent.size, version: sent.size + 1 });
      expect(elsewhere).toContain("ok");
      expect(await opened.store.health()).toMatchObject({ engine: "redis-cluster" });
    },
  );
};

await onPrivateCluster("nodes that die, replicas that take over", suite, {
  features: ["replicas"],
  settings: { "cluster-node-timeout": "3000" },
});
