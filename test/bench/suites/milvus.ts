/** The Milvus adapter beside the driver's own client, on Milvus Lite. */
import { fileURLToPath } from "node:url";
import { isMissing, privateServer } from "../../engines/servers.ts";
import { casesOf, contest } from "../harness/contest.ts";
import { versionsOf } from "../harness/places.ts";
import type { Case, Suite } from "../harness/result.ts";
import { ratio } from "../harness/statistics.ts";
import { allRows, bulkSize } from "../peers/milvus/rows.ts";
import { openStore } from "../peers/milvus/store.ts";
import { view } from "../peers/milvus/view.ts";

const bare = "milvus2-sdk-node";
const ours = "async-db-starter";
const calls = ["search", "filtered", "upsert"] as const;

const moduleOf = (name: string): { readonly module: string } => ({
  module: fileURLToPath(new URL(`../peers/milvus/${name}.ts`, import.meta.url)),
});

export const suite: Suite = async (options) => {
  const server = await privateServer("milvus");
  if (isMissing(server)) throw new Error(server.reason);
  const { dsn } = await server.namespace();
  try {
    await fill(dsn);
    const outcomes = await contest(
      {
        contenders: new Map([
          [bare, moduleOf("sdk")],
          [ours, moduleOf("ours")],
        ]),
        given: { dsn },
        calls,
        callers: [1, 8],
        rounds: 20,
        ms: 250,
      },
      options,
    );
    const cases = (call: string): readonly Case[] =>
      casesOf(outcomes, call, ({ perSecond }) => perSecond);
    return {
      suite: "milvus",
      title: "Milvus",
      quick: options.quick,
      versions: {
        [`Milvus (${server.kind})`]: server.version,
        ...versionsOf("@zilliz/milvus2-sdk-node"),
      },
      groups: calls.map((call) => ({
        title: `${call} per second`,
        unit: "calls/s",
        reference: bare,
        cases: cases(call),
      })),
      targets: calls.flatMap((call) =>
        cases(call).map((one) => ({
          what: `${call}, ${one.name}: ours ÷ driver`,
          bound: "at least" as const,
          limit: 0.9,
          unit: " ×",
          measured: ratio(one, ours, bare),
        })),
      ),
      comments: [
        `The small build runs in one Python process, which takes most of the time of a call. An upsert is ${bulkSize} rows of 128 dimensions, after a read of the revisions that are there, on both sides; searches give ten rows with their vectors.`,
      ],
    };
  } finally {
    await server.stop();
  }
};

async function fill(dsn: string): Promise<void> {
  const { store, close } = openStore(dsn);
  const generation = await store.session.target(view).begin();
  await generation.writer.write(
    allRows().map((item) => ({ kind: "upsert" as const, key: item.id, revision: 1n, item })),
  );
  await generation.publish();
  await close();
}
