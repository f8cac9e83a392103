import { claimedNames } from "../ir/collisions.ts";
import { renamesOf } from "../reconcile/renames.ts";
import { toolFolder } from "../reconcile/paths.ts";
import { isAsScanned, type Watched, watchedAt } from "../reconcile/shortcut.ts";
import { nodeFileSystem } from "../reconcile/file-system.ts";
import type { CapturingFiles } from "../slice/captured-files.ts";
import { type KnownSpec, textsOf } from "../slice/known-spec.ts";
import { sizesOf } from "../slice/side.ts";
import type { Model } from "../spec/model.ts";
import { hashOfSettings } from "./input-hash.ts";
import type { Reconciled } from "./pipeline.ts";
import type { Place } from "./place.ts";

/**
 * What the next run may go by instead of looking at all of the spec.
 *
 * @returns undefined for a package in another folder than its spec, and for a spec with renames, which concern every file
 */
export function knownSpec(
  place: Place,
  lock: string,
  model: Model,
  files: CapturingFiles,
  { ir, root }: Reconciled,
): Omit<KnownSpec, "shared"> | undefined {
  const captured = files.captured();
  if (captured === undefined || root !== place.folder) return undefined;
  if (renamesOf(model.entities, []).rewordings.length > 0) return undefined;
  return {
    settings: hashOfSettings(lock, place),
    reads: textsOf(captured),
    lists: captured.lists,
    names: claimedNames(ir),
    sizes: sizesOf(model),
    mentioned: mentionedEntities(model),
  };
}

/** Entities that workloads name beside what they list and access, and the first of each list, without which it would be empty. */
function mentionedEntities({ entities, workloads }: Model): readonly string[] {
  const names = new Set(entities.map(({ name }) => name));
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "string")
      for (const word of value.split(/\W+/)) if (names.has(word)) found.add(word);
    if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  for (const workload of workloads) {
    const listed = "entities" in workload ? workload.entities : [];
    visit({ ...workload, entities: listed[0], access: undefined });
  }
  return [...found];
}

/** The same with what belongs to no entity, as it is after a run; undefined when one of these files was changed after it was judged. */
export function withShared(
  spec: Omit<KnownSpec, "shared"> | undefined,
  { root, sound, files, untouched, writePlan }: Reconciled,
): KnownSpec | undefined {
  if (spec === undefined) return undefined;
  const unitOf = new Map(files.map(({ path, unit }) => [path, unit]));
  const settled = new Set([...untouched.values()].flat().map(([path]) => path));
  const schemas = new Set(sound.flatMap((store) => store.files.map(({ path }) => path)));
  const shared: Watched[] = [];
  for (const { path, stamp } of writePlan.watched) {
    const isOfEntity =
      unitOf.get(path)?.startsWith("entities/") === true ||
      path.startsWith(`${toolFolder}/entities/`);
    if (isOfEntity || settled.has(path) || schemas.has(path)) continue;
    if (nodeFileSystem.stat(`${root}/${path}`)?.kind === "folder") continue;
    const now = watchedAt(path, root, nodeFileSystem);
    if (!isAsScanned(stamp, now)) return undefined;
    shared.push(now);
  }
  return { ...spec, shared };
}
