/** One chain of random changes, with everything that has to hold after each of them. */
import { deepEqual } from "node:assert/strict";
import { catalogueDifferences } from "../../../src/engines/postgres/introspect/differences.ts";
import { seeded } from "../../support/random.ts";
import { modelOf, randomChange, randomWorld, type World } from "../../support/spec-changes.ts";
import type { Model } from "../../../src/spec/model.ts";
import type { Server } from "../servers.ts";
import { ChainProject } from "./chain.ts";
import type { Digests } from "./chain-rows.ts";

export interface ChainSize {
  readonly changes: number;
  /** Of all tables together, at the start. */
  readonly rows: number;
  /** After how many changes the schema is compared with the one made afresh. */
  readonly compareEvery: number;
}

const none = (what: string, found: readonly string[]): void =>
  deepEqual(found, [], `${what}:\n${found.join("\n")}`);

const same = (what: string, found: unknown, expected: unknown): void =>
  deepEqual(found, expected, `${what}: ${String(found)}, not ${String(expected)}`);

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

/** In every fourth chain contract waits, as it does while code of before runs: for three changes, which others are made beside. */
const isReleased = (seed: number, index: number): boolean => seed % 4 !== 2 || index % 3 === 0;

/** In phases, and none is held up: code of before and after each change both write while it is under way. */
const isWatched = (seed: number): boolean => modeOf(seed) === "split" && seed % 4 !== 2;

/**
 * One chain, from a random spec and its rows to the last change, and back where nothing was lost.
 *
 * @throws Error with the changes so far and what is wrong after the last one
 */
export async function runChain(seed: number, on: Server, size: ChainSize): Promise<void> {
  const random = seeded(seed);
  const project = await ChainProject.open(on);
  const told: string[] = [];
  try {
    const start = await begin(project, valid(randomWorld(random, `chain${seed}`, size.rows)));
    const first = await project.catalogue();
    const rewritten = new Set<string>();
    let { world } = start;
    let settled = start;
    const unsettled = new Set<string>();
    for (let index = 1; index <= size.changes; index += 1) {
      const change = randomChange(random, world, isKept(seed));
      ({ world } = change);
      told.push(`${index}. ${change.kind}: ${change.title}`);
      const contract = isReleased(seed, index) || index === size.changes;
      const applied = await project.follow(change.model, {
        mode: modeOf(seed),
        contract,
        ...(change.fills && { fills: change.fills }),
        ...(isWatched(seed) && { before: settled.model }),
      });
      same(
        `something is destroyed (${applied.destroys.join()})`,
        applied.destroys.length > 0,
        change.destroys === true,
      );
      none("the linter's errors", applied.findings);
      for (const id of change.rewrites ?? []) unsettled.add(id);
      if (!contract) continue;
      settled = await settle(project, settled, change, unsettled);
      for (const id of unsettled) rewritten.add(id);
      unsettled.clear();
      if (index % size.compareEvery !== 0 && index !== size.changes) continue;
      told.push("compared with the schema made afresh");
      none("differences from the fresh schema", await differencesFromFresh(project, settled, on));
      none("differences from the snapshot", await project.unlikeSnapshot(settled.model));
    }
    if (isKept(seed)) await takeBack(project, { start, first, rewritten }, told);
  } catch (error) {
    throw new Error(`seed ${seed}:\n${told.join("\n")}\n${String(error)}`, { cause: error });
  } finally {
    await project.close();
  }
}

/** A state of the spec with what the rows hold in it. */
interface Settled extends State {
  readonly digests: Digests;
}

async function begin(project: ChainProject, { world, model }: State): Promise<Settled> {
  await project.follow(model, { mode: "split", contract: true });
  await project.fill(world, model, Object.keys(world.entities));
  return { world, model, digests: await project.digests(world, model) };
}

/** After all phases of the changes since: no row that is kept has changed, and new tables get rows. */
async function settle(
  project: ChainProject,
  before: Settled,
  { world, model }: State,
  rewritten: ReadonlySet<string>,
): Promise<Settled> {
  const found = await project.digests(world, model);
  none("values that changed", changed(before.digests, found, rewritten));
  const added = Object.keys(world.rows).filter((name) => isNew(before.world, world, name));
  await project.fill(world, model, added);
  return {
    world,
    model,
    digests: added.length === 0 ? found : await project.digests(world, model),
  };
}

/** Columns that are in both, and hold other values, or another number of rows. */
function changed(before: Digests, after: Digests, except: ReadonlySet<string>): readonly string[] {
  return [...before].flatMap(([id, digest]) => {
    const found = after.get(id);
    const column = id.slice(id.indexOf(".") + 1);
    if (found === undefined || found === digest || except.has(column) || except.has(id)) return [];
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
    await fresh.follow(model, { mode: "split", contract: true });
    return catalogueDifferences(await project.catalogue(), await fresh.catalogue());
  } finally {
    await fresh.close();
  }
}

interface Ends {
  readonly start: Settled;
  readonly first: Awaited<ReturnType<ChainProject["catalogue"]>>;
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
  none("differences from the first schema", catalogueDifferences(await project.catalogue(), first));
  const back = await project.digests(start.world, start.model);
  none("values that did not come back", changed(start.digests, back, rewritten));
  told.push("up again");
  await project.up(true);
  none("differences from the last schema", catalogueDifferences(await project.catalogue(), last));
}
