/** The generated OpenSearch adapter beside the bare driver on the same server. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMissing, privateServer } from "../../engines/servers.ts";
import { casesOf, contest, cpuGroup } from "../harness/contest.ts";
import { benchRoot, emptyWorkFolder, program, versionsOf } from "../harness/places.ts";
import { runNode } from "../harness/processes.ts";
import type { Case, Group, Suite, Target } from "../harness/result.ts";
import { ratio } from "../harness/statistics.ts";
import { bulkItems, changeOf, itemOf, stored } from "../peers/opensearch/items.ts";
import { environment, openLayer } from "../peers/opensearch/layer.ts";

const bare = "opensearch-js";
const ours = "async-db-starter";
const calls = ["search", "page", "upsert", "bulk"] as const;

const titles = {
  search: "Best 20 of a full-text query",
  page: "Keyset page of 20 in a point in time",
  upsert: "Write of one document with its revision",
  bulk: `Write of ${bulkItems} documents with their revisions`,
} as const;

const moduleOf = (name: string): { readonly module: string } => ({
  module: fileURLToPath(new URL(`../peers/opensearch/${name}.ts`, import.meta.url)),
});

export const suite: Suite = async (options) => {
  const folder = emptyWorkFolder("opensearch", "ours");
  copyFileSync(join(benchRoot, "specs", "opensearch.yaml"), join(folder, "workloads.yaml"));
  runNode({ args: [program, "plan"], cwd: folder });
  runNode({ args: [program, "generate"], cwd: folder });
  const server = await privateServer("opensearch");
  if (isMissing(server)) throw new Error(server.reason);
  const { dsn } = await server.namespace();
  try {
    const args = [join(folder, "src", "data", "cli.ts"), "migrate", "up", "--store", "search"];
    runNode({ args, cwd: folder, env: environment(dsn) });
    await fill(dsn);
    const outcomes = await contest(
      {
        contenders: new Map([
          [bare, moduleOf("driver")],
          [ours, moduleOf("ours")],
        ]),
        given: { dsn },
        calls,
        callers: [1, 32],
        rounds: 18,
        ms: 250,
      },
      options,
    );
    const cases = (call: string): readonly Case[] =>
      casesOf(outcomes, call, ({ perSecond }) => perSecond);
    return {
      suite: "opensearch",
      title: "OpenSearch",
      quick: options.quick,
      versions: { OpenSearch: server.version, ...versionsOf("@opensearch-project/opensearch") },
      groups: [
        ...calls.map((call): Group => ({
          title: titles[call],
          unit: "calls/s",
          reference: bare,
          cases: cases(call),
        })),
        cpuGroup(outcomes, bare),
      ],
      targets: calls.flatMap((call) =>
        cases(call).map((one): Target => ({
          what: `${call}, ${one.name}: ÷ driver`,
          bound: "at least",
          limit: 0.9,
          unit: " ×",
          measured: ratio(one, ours, bare),
        })),
      ),
      comments: [
        "Server and contenders on the same machine over loopback; the server is a Java process with 512 MB that compiles with its first compiler only. Both send the same query over 20,000 documents in one shard.",
        "The bare driver has its own agent, no deadline, no metrics; one document goes by its index call, many by its bulk call from objects. Ours writes both by bulk requests and tells what became of each document.",
      ],
    };
  } finally {
    await server.stop();
  }
};

/** The documents that are found and replaced. */
async function fill(dsn: string): Promise<void> {
  const { target, close } = await openLayer(dsn);
  try {
    const generation = await target.begin();
    const items = Array.from({ length: stored }, (_, index) => itemOf(index));
    await generation.writer.write(items.map(changeOf));
    const { rows } = await generation.publish();
    if (rows !== stored) throw new Error(`${rows} documents of ${stored}`);
  } finally {
    await close();
  }
}
