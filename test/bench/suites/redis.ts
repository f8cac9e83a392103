/** Commands on a real Redis, one server or a cluster, through the runtime, without a first-level cache, beside the bare driver. */
import { fileURLToPath } from "node:url";
import { isMissing, privateServer } from "../../engines/servers.ts";
import { casesOf, contest, cpuGroup } from "../harness/contest.ts";
import { versionsOf } from "../harness/places.ts";
import type { Case, Group, Suite } from "../harness/result.ts";
import { ratio } from "../harness/statistics.ts";

const bare = "ioredis";
const ours = "async-db-starter";
const withSdk = "async-db-starter, metrics and tracing SDK";
const calls = ["get", "set", "recordGet", "recordUpsert"] as const;
const titles: Readonly<Record<(typeof calls)[number], string>> = {
  get: "get of 100 bytes",
  set: "set of 100 bytes",
  recordGet: "get of a record",
  recordUpsert: "upsert of a record with a time to live",
};

const clusterComment =
  "Three nodes without replicas on the machine of the contenders; the driver's own cluster client beside ours, each with a connection to every node.";

const moduleOf = (name: string): { readonly module: string } => ({
  module: fileURLToPath(new URL(`../peers/redis/${name}.ts`, import.meta.url)),
});

/** A suite of one of the two. */
export const suiteOf =
  (engine: "redis" | "redis-cluster", title: string): Suite =>
  async (options) => {
    const server = await privateServer(engine);
    if (isMissing(server)) throw new Error(server.reason);
    try {
      const outcomes = await contest(
        {
          contenders: new Map([
            [bare, moduleOf("ioredis")],
            [ours, moduleOf("ours")],
            [withSdk, moduleOf("ours-sdk")],
          ]),
          given: { dsn: server.dsn, engine },
          calls,
          callers: [1, 32, 128],
          rounds: 25,
          ms: 100,
        },
        options,
      );
      const cases = (call: string): readonly Case[] =>
        casesOf(outcomes, call, ({ perSecond }) => perSecond);
      return {
        suite: engine,
        title,
        quick: options.quick,
        versions: { [title]: server.version, ...versionsOf("ioredis") },
        groups: [
          ...calls.map((call): Group => ({
            title: titles[call],
            unit: "calls/s",
            reference: bare,
            cases: cases(call),
          })),
          cpuGroup(outcomes, bare, "1 caller"),
          cpuGroup(outcomes, bare),
        ],
        targets: calls.flatMap((call) =>
          cases(call).map((one) => ({
            what: `${titles[call]}, ${one.name}: ÷ ioredis`,
            bound: "at least" as const,
            limit: 0.9,
            unit: " ×",
            measured: ratio(one, ours, bare),
          })),
        ),
        comments: [
          ...(engine === "redis-cluster" ? [clusterComment] : []),
          "Over loopback, no first-level cache, `set` with a time to live. ioredis as it comes: without automatic pipelining. Ours has deadline, retry rule, lifecycle and in-flight accounting on, and sends the commands of one turn of the event loop in one write.",
          "A record is a hash of four fields, encoded and decoded on both sides. The driver reads it by `HMGET` and replaces it by `MULTI DEL HSET PEXPIRE EXEC`; ours by `HMGET` and by one script that also knows versions, timestamps and operation ids.",
        ],
      };
    } finally {
      await server.stop();
    }
  };
