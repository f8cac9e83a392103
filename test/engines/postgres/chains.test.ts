/**
 * M5: chains of random changes of a spec on a real server. What the migrations make is what the spec makes afresh, and no row that is kept
 * changes. `FULL=1` runs all of them; `CHAIN_SEED=n` one.
 */
import { afterAll, describe, expect, it } from "vitest";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { cell } from "../../support/closing-table.ts";
import { seeded } from "../../support/random.ts";
import { modelOf, randomChange, randomWorld, type World } from "../../support/spec-changes.ts";
import type { Model } from "../../../src/spec/model.ts";
import { columnOf, isMissing, type Server, sharedServer } from "../servers.ts";
import { ChainProject } from "./chain.ts";
import type { Digests } from "./chain-rows.ts";

const full = process.env["FULL"] === "1";
const size = full
  ? { chains: 300, changes: 50, rows: 10_000, compareEvery: 10 }
  : { chains: 4, changes: 6, rows: 200, compareEvery: 3 };
const wanted = process.env["CHAIN_SEED"];
const seeds =
  wanted === undefined ? Array.from({ length: size.chains }, (_, n) => n + 1) : [Number(wanted)];

const server = await sharedServer("postgres");
const proof = { port: "migrations", engine: columnOf(server), method: "chains of changes" };
if (isMissing(server)) cell(proof, { kind: "not proven", why: server.reason });

interface State {
  readonly world: World;
  readonly model: Model;
}

function valid(world: World): State {
  const model = modelOf(world);
  if (model === undefined) throw new Error("the spec is not valid");
  return { world, model };
}

/** Every third chain loses nothing, so that it can be taken back; every fifth takes its steps at once. */
const isKept = (seed: number): boolean => seed % 3 === 0;
const modeOf = (seed: number): "split" | "direct" => (seed % 5 === 4 ? "direct" : "split");

async function runChain(seed: number, on: Server): Promise<void> {
  const random = seeded(seed);
  const project = await ChainProject.open(on);
  const told: string[] = [];
  try {
    let now = valid(randomWorld(random, `chain${seed}`, size.rows));
    await project.follow(now.model, "split");
    await project.fill(now.world, now.model, Object.keys(now.world.entities));
    const start = { ...now, digests: await project.digests(now.world, now.model) };
    const first = await project.catalogue();
    const rewritten = new Set<string>();
    let before = start.digests;
    for (let index = 1; index <= size.changes; index += 1) {
      const { kind, title, world, model, ...done } = randomChange(random, now.world, !isKept(seed));
      told.push(`${index}. ${kind}: ${title}`);
      const applied = await project.follow(model, modeOf(seed));
      expect({ destroys: applied.destroys.length > 0 }, applied.destroys.join()).toEqual({
        destroys: done.destroys === true,
      });
      expect(applied.findings.filter((finding) => finding.includes(" error "))).toEqual([]);
      for (const id of done.rewrites ?? []) rewritten.add(id);
      const found = await project.digests(world, model);
      expect(changed(before, found, new Set(done.rewrites))).toEqual([]);
      const added = Object.keys(world.rows).filter((name) => isNew(now.world, world, name));
      await project.fill(world, model, added);
      before = await project.digests(world, model);
      now = { world, model };
      if (index % size.compareEvery === 0 || index === size.changes) {
        told.push("compared with the schema made afresh");
        expect(await differencesFromFresh(project, now, on)).toEqual([]);
      }
    }
    if (isKept(seed)) await takeBack(project, { start, first, now, rewritten }, told);
  } catch (error) {
    throw new Error(`seed ${seed}:\n${told.join("\n")}\n${String(error)}`, { cause: error });
  } finally {
    await project.close();
  }
}

/** Columns that are in both, and hold other values, or another number of rows. */
function changed(before: Digests, after: Digests, except: ReadonlySet<string>): readonly string[] {
  return [...before].flatMap(([id, digest]) => {
    const found = after.get(id);
    const column = id.slice(id.indexOf(".") + 1);
    if (found === undefined || found === digest || except.has(column)) return [];
    return [`${id}: ${digest} became ${found}`];
  });
}

const isNew = (before: World, after: World, name: string): boolean =>
  !Object.values(before.rows).some(({ origin }) => origin === after.rows[name]?.origin);

async function differencesFromFresh(
  project: ChainProject,
  { model }: State,
  on: Server,
): Promise<readonly string[]> {
  const fresh = await ChainProject.open(on);
  try {
    await fresh.follow(model, "split");
    return catalogueDifferences(await project.catalogue(), await fresh.catalogue());
  } finally {
    await fresh.close();
  }
}

interface Ends {
  readonly start: State & { readonly digests: Digests };
  readonly first: Awaited<ReturnType<ChainProject["catalogue"]>>;
  readonly now: State;
  readonly rewritten: ReadonlySet<string>;
}

/** Down to the first migration: its schema and every value of it; then up again. */
async function takeBack(
  project: ChainProject,
  { start, first, rewritten }: Ends,
  told: string[],
): Promise<void> {
  const last = await project.catalogue();
  told.push("down to the start");
  await project.downToStart();
  expect(catalogueDifferences(await project.catalogue(), first)).toEqual([]);
  expect(
    changed(start.digests, await project.digests(start.world, start.model), rewritten),
  ).toEqual([]);
  told.push("up again");
  await project.up();
  expect(catalogueDifferences(await project.catalogue(), last)).toEqual([]);
}

describe.skipIf(isMissing(server))("chains of changes", () => {
  afterAll(() => cell(proof, { kind: "proven" }));

  it.each(seeds)(
    "chain %i",
    async (seed) => {
      if (!isMissing(server)) await runChain(seed, server);
    },
    full ? 600_000 : 60_000,
  );
});
