/** Random valid specs, and random changes of them one at a time: the same seed gives the same chain. */
import type { Model } from "../../src/spec/model.ts";
import { loadSpec } from "../../src/spec/load.ts";
import { memoryFiles } from "./memory-files.ts";
import { between } from "./random.ts";
import { addChild, entityChanges } from "./spec-changes/entity-changes.ts";
import { type Alter, type Done, fieldChanges } from "./spec-changes/field-changes.ts";
import { addEntity, addReference } from "./spec-changes/fields.ts";
import { newEntityName, pick, type Random, specText, type World } from "./spec-changes/world.ts";

export type { Done } from "./spec-changes/field-changes.ts";
export { keyOf, specText, type World } from "./spec-changes/world.ts";

const changes: Readonly<Record<string, Alter>> = { ...fieldChanges, ...entityChanges };

/** Every kind of change there is. */
export const changeKinds: readonly string[] = Object.keys(changes);

/** One change of a world: what it is called, and the world after it. */
export interface Change extends Done {
  readonly kind: string;
  readonly world: World;
  readonly model: Model;
}

/** The Model of a world; undefined when the spec is not valid. */
export function modelOf(world: World): Model | undefined {
  return loadSpec("spec.yaml", { files: memoryFiles({ "spec.yaml": specText(world) }) }).model;
}

/**
 * A spec of a few entities, one of them an owned child.
 *
 * @param rows of all entities together
 */
export function randomWorld(random: Random, project: string, rows: number): World {
  const world: World = { project, entities: {}, rows: {}, lists: {}, searches: {}, used: [] };
  const count = between(random, 2, 4);
  const each = Math.ceil(rows / (count + 1));
  for (let index = 0; index < count; index += 1) {
    const target = pick(random, Object.keys(world.entities));
    const name = newEntityName(random, world);
    addEntity(random, world, name, between(random, 3, 7), each);
    if (target !== undefined && index > 0)
      addReference(random, world, name, target, random() < 0.5);
  }
  const [owner] = Object.keys(world.entities);
  if (owner !== undefined) addChild(random, world, owner, each);
  return world;
}

const attempts = 200;

/**
 * A change that leaves the spec valid.
 *
 * @param reversible only what can be taken back with every row: nothing is lost, no constraint goes that the rows might break meanwhile
 * @throws Error when none is found
 */
export function randomChange(random: Random, world: World, reversible = false): Change {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const kind = pick(random, changeKinds) ?? "";
    const next = withoutFormerNames(structuredClone(world));
    const done = changes[kind]?.(random, next);
    if (reversible && (done?.destroys === true || done?.loosens === true)) continue;
    const model = done && modelOf(next);
    if (done !== undefined && model !== undefined) return { ...done, kind, world: next, model };
  }
  throw new Error("no change leaves the spec valid");
}

/** A rename is said once: the snapshot has the new name afterwards. */
function withoutFormerNames(world: World): World {
  for (const entity of Object.values(world.entities)) {
    delete entity.was;
    for (const field of Object.values(entity.fields)) delete field.was;
  }
  return world;
}
