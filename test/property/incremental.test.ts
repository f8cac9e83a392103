// Leaving out what nothing has touched: the same tree, the same words and the same status as rendering all anew.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { generation, type GenerationRun, isSliced } from "../support/generation-run.ts";
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
  // With rows, sizes of entities decide on what is shared.
  if (random() < 0.5) Object.assign(spec.workloads.all, { scale: { rows: 5_000_000 } });
  const from = Object.keys(access)[between(random, 0, 4)];
  if (from !== undefined) spec.workloads["near"] = { kind: "cache", from, ttl: "30s" };
  return JSON.stringify(spec, null, 1);
}

/** One run of `generate` after `plan --accept`. */
async function run(folder: string, spec: string, whole: boolean): Promise<GenerationRun> {
  writeFileSync(join(folder, "workloads.yaml"), spec);
  await cli(folder, "plan", "--accept");
  return generation(folder, whole);
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

interface PlainEntity {
  fields: Record<string, Record<string, unknown>>;
  indexes?: object[];
  comment?: string;
  softDelete?: boolean;
}
interface PlainSpec {
  entities: Record<string, PlainEntity>;
}

/** A spec with an entity changed in one place: what a day's work does to a spec, and what only a run over everything can judge. */
function changedSpec(random: () => number, text: string): string {
  const spec = JSON.parse(text) as PlainSpec;
  const names = Object.keys(spec.entities);
  const name = names[between(random, 0, names.length - 1)] ?? "";
  const other = names[between(random, 0, names.length - 1)] ?? "";
  const entity = spec.entities[name];
  if (entity === undefined) return text;
  const added = `extra${between(random, 0, 9)}`;
  switch (between(random, 0, 9)) {
    case 0:
      entity.comment = `Changed ${between(random, 0, 99)}.`;
      break;
    case 1:
      entity.fields[added] = { type: "string", max: 40, nullable: true, unique: true };
      break;
    case 2:
      entity.fields[added] = { type: "enum", values: ["one", "two"], nullable: true };
      break;
    case 3:
      entity.fields[added] = { type: "uuid", references: other, nullable: true };
      break;
    case 4:
      entity.fields[added] = { type: "int", nullable: true };
      entity.indexes = [...(entity.indexes ?? []), { fields: [added] }];
      break;
    case 5:
      delete entity.fields[added];
      break;
    case 6:
      entity.softDelete = entity.softDelete !== true;
      break;
    case 7:
      entity.fields[added] = { type: "no type" };
      break;
    default:
      entity.fields[added] = { type: "text", nullable: true, comment: `${between(random, 0, 99)}` };
  }
  return JSON.stringify(spec);
}

/** As people write it: a line for each entity, which is where a spec is cut. */
const asBlocks = (text: string): string => stringify(JSON.parse(text), { lineWidth: 0 });

async function sameOfPart(chain: number): Promise<number> {
  const random = seeded(chain);
  const [partly, anew] = [projectFolder("slice"), projectFolder("anew")];
  let slices = 0;
  try {
    let sound = specOf(random, randomWorld(random, "slices", 100));
    let text = sound;
    for (let step = 0; step < 12; step += 1) {
      const spec = asBlocks(text);
      writeFileSync(join(partly.folder, "workloads.yaml"), spec);
      if (isSliced(partly.folder)) slices += 1;
      const said = await run(partly.folder, spec, false);
      expect(said, `step ${step} of ${chain}`).toEqual(await run(anew.folder, spec, true));
      expect(shared(partly.folder), `step ${step} of ${chain}`).toEqual(shared(anew.folder));
      if (random() < 0.2) {
        const edit = randomEdit(random, partly.folder);
        for (const { folder } of [partly, anew]) edit(folder);
      }
      if (said.status === 0) sound = text;
      text = changedSpec(random, sound);
    }
    return slices;
  } finally {
    for (const project of [partly, anew]) project.remove();
  }
}

test(
  "a run that looks at a part of the spec only ends as one over all of it",
  async () => {
    let slices = 0;
    const chains = fc.sample(fc.integer({ min: 0 }), { seed, numRuns: runsOf(200) });
    for (const chain of chains) slices += await sameOfPart(chain);
    expect(slices).toBeGreaterThan(chains.length);
  },
  timeout,
);
