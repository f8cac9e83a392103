/** The generated MongoDB adapter beside the bare driver. The server is an emulator, so what counts is the client's CPU time. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMissing, privateServer } from "../../engines/servers.ts";
import { casesOf, contest } from "../harness/contest.ts";
import { benchRoot, emptyWorkFolder, program, versionsOf } from "../harness/places.ts";
import { runNode } from "../harness/processes.ts";
import type { Case, Suite } from "../harness/result.ts";
import { ratio } from "../harness/statistics.ts";

const bare = "mongodb driver";
const ours = "async-db-starter";
const calls = ["get", "list", "insert", "bulk"] as const;

const moduleOf = (name: string): { readonly module: string } => ({
  module: fileURLToPath(new URL(`../peers/mongodb/${name}.ts`, import.meta.url)),
});

export const suite: Suite = async (options) => {
  const folder = emptyWorkFolder("mongodb", "ours");
  copyFileSync(join(benchRoot, "specs", "mongodb.yaml"), join(folder, "workloads.yaml"));
  runNode({ args: [program, "plan"], cwd: folder });
  runNode({ args: [program, "generate"], cwd: folder });
  const server = await privateServer("mongodb");
  if (isMissing(server)) throw new Error(server.reason);
  const { dsn } = await server.namespace();
  try {
    const outcomes = await contest(
      {
        contenders: new Map([
          [bare, moduleOf("driver")],
          [ours, moduleOf("ours")],
        ]),
        given: { dsn },
        calls,
        callers: [1, 32],
        rounds: 20,
        ms: 250,
      },
      options,
    );
    const cases = (call: string): readonly Case[] => casesOf(outcomes, call, ({ cpuUs }) => cpuUs);
    return {
      suite: "mongodb",
      title: "MongoDB",
      quick: options.quick,
      versions: { [`MongoDB (${server.kind})`]: server.version, ...versionsOf("mongodb") },
      groups: calls.map((call) => ({
        title: `CPU time of the client per ${call}`,
        unit: "µs",
        reference: bare,
        cases: cases(call),
      })),
      targets: calls.flatMap((call) =>
        cases(call).map((one) => ({
          what: `${call}, ${one.name}: client CPU per call ÷ driver`,
          bound: "at most" as const,
          limit: 1.1,
          unit: " ×",
          measured: ratio(one, ours, bare),
        })),
      ),
      comments: [
        "The emulator dominates the time of a call, so calls per second would say nothing: measured is the CPU time, user and system, of the client's process. Its idle work between replies is part of it on both sides.",
        "Both read what a majority has and write until a majority has it. A list is a page of 20; bulk is 500 documents in a transaction, one after the other.",
      ],
    };
  } finally {
    await server.stop();
  }
};
