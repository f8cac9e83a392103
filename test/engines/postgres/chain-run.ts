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
      const applied = await project.follow(model, modeOf(seed), done.fills);
      same("what a step destroys", applied.destroys.length > 0, done.destroys === true);
      none("the linter's errors", applied.findings);
      for (const id of done.rewrites ?? []) rewritten.add(id);
      const found = await project.digests(world, model);
      none("values that changed", changed(before, found, new Set(done.rewrites)));
      const added = Object.keys(world.rows).filter((name) => isNew(now.world, world, name));
      await project.fill(world, model, added);
      before = await project.digests(world, model);
      now = { world, model };
      if (index % size.compareEvery === 0 || index === size.changes) {
        told.push("compared with the schema made afresh");
        none(
          "differences from the schema made afresh",
          await differencesFromFresh(project, now, on),
        );
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
  none("differences from the first schema", catalogueDifferences(await project.catalogue(), first));
  const back = await project.digests(start.world, start.model);
  none("values that did not come back", changed(start.digests, back, rewritten));
  told.push("up again");
  await project.up();
  none("differences from the last schema", catalogueDifferences(await project.catalogue(), last));
}
