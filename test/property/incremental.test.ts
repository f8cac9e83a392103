// Leaving out what nothing has touched: the same tree, the same words and the same status as rendering all anew.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { generate } from "../../src/cli/generation.ts";
import { createOutput } from "../../src/cli/io.ts";
import { cli, projectFolder } from "../support/generated-project.ts";
import { between, seeded } from "../support/random.ts";
import { randomChange, randomWorld, specText, type World } from "../support/spec-changes.ts";
import { readTree } from "../support/tree-files.ts";
import { runsOf, seed, timeout } from "./size.ts";

type Edit = (folder: string) => void;

/** What the user did to the tree since the last run; the same in both trees. */
function randomEdit(random: () => number, folder: string): Edit {
  const files = [...readTree(folder).keys()].filter((path) => /^(src|test)\/.*\.ts$/.test(path));
  const path = files[between(random, 0, files.length - 1)] ?? "";
  switch (between(random, 0, 5)) {
    case 0:
      return (tree) => appendFileSync(join(tree, path), "// mine\n");
    case 1:
      return (tree) => rmSync(join(tree, path));
    case 2:
      return (tree) => rmSync(join(tree, ".async-db-starter/.cache"), { recursive: true });
    default:
      return () => undefined;
  }
}

/** The spec of a world, with what is asked of its entities drawn anew. */
function specOf(random: () => number, world: World): string {
  const spec = JSON.parse(specText(world)) as {
    workloads: { all: { access: Record<string, Record<string, object>> } } & Record<string, object>;
  };
  const { access } = spec.workloads.all;
  for (const methods of Object.values(access)) {
    if (random() < 0.3) methods["drop"] = { op: "delete" };
    if (random() < 0.3) methods["all"] = { op: "list", page: "keyset" };
  }
  const from = Object.keys(access)[between(random, 0, 4)];
  if (from !== undefined) spec.workloads["near"] = { kind: "cache", from, ttl: "30s" };
  return JSON.stringify(spec, null, 1);
}

/** One run of `generate`: what it said and how it ended. */
async function run(folder: string, spec: string, whole: boolean): Promise<unknown> {
  writeFileSync(join(folder, "workloads.yaml"), spec);
  await cli(folder, "plan", "--accept");
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const io = { cwd: folder, env: {}, interactive: false, out: say, err: say };
  const options = { spec: "workloads.yaml", cwd: ".", json: false, quiet: false, color: false };
  const status = generate({ io, output: createOutput(io, options) }, { whole });
  return { status, said };
}

const isLocal = (path: string): boolean => path.startsWith(".async-db-starter/.cache/");
const shared = (folder: string): unknown =>
  Object.fromEntries([...readTree(folder)].filter(([path]) => !isLocal(path)));

async function sameAfterEach(chain: number): Promise<void> {
  const random = seeded(chain);
  const [partly, anew] = [projectFolder("partly"), projectFolder("anew")];
  try {
    let world = randomWorld(random, "incremental", 100);
    let spec = specOf(random, world);
    for (let step = 0; step < 5; step += 1) {
      const said = await run(partly.folder, spec, false);
      expect(said, `step ${step}`).toEqual(await run(anew.folder, spec, true));
      expect(shared(partly.folder), `step ${step}`).toEqual(shared(anew.folder));
      const edit = randomEdit(random, partly.folder);
      for (const { folder } of [partly, anew]) edit(folder);
      if (random() < 0.8) ({ world } = randomChange(random, world));
      spec = random() < 0.5 ? specOf(random, world) : specText(world);
    }
  } finally {
    for (const project of [partly, anew]) project.remove();
  }
}

test(
  "a run that leaves out what nothing has touched ends as one that makes all anew",
  () =>
    fc.assert(fc.asyncProperty(fc.integer({ min: 0 }), sameAfterEach), {
      seed,
      numRuns: runsOf(200),
    }),
  timeout,
);
