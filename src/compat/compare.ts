import type { Ir } from "../ir/types.ts";
import type { Model } from "../spec/model.ts";
import {
  impacts,
  noteOf,
  type SpecChange,
  surfaces,
  versionStep,
  type VersionStep,
} from "./change.ts";
import { entityChanges } from "./entity.ts";
import { layerChanges } from "./layer.ts";
import { entityPairs, typeRenames } from "./renames.ts";
import { repositoriesOf, repositoryChanges } from "./repositories.ts";
import { type PlannerOf, storageChanges } from "./storage.ts";
import { structureChanges } from "./structures.ts";
import { sameJson } from "./type-change.ts";
import { viewChanges } from "./views.ts";

/** One version of a spec, decided and lowered. */
export interface SpecVersion {
  readonly model: Model;
  readonly ir: Ir;
}

/** What a change of the spec means to those who use the data layer. */
export interface Compatibility {
  /** By surface, the gravest first. */
  readonly changes: readonly SpecChange[];
  readonly version: VersionStep;
}

/**
 * Classifies every difference between two versions of a spec. Pure.
 *
 * @param migrated stores whose migrations make the spec of after already
 */
export function compare(
  before: SpecVersion,
  after: SpecVersion,
  planner: PlannerOf,
  migrated?: ReadonlySet<string>,
): Compatibility {
  const entities = entityPairs(before.ir, after.ir);
  const renames = typeRenames(entities);
  const inserted = insertedRoots(before.ir);
  const context = { renames, entities, inserted };
  const found = [
    ...layerChanges(before.ir, after.ir, entities),
    ...entities.kept.flatMap((pair) => entityChanges(pair.before, pair.after, context)),
    ...repositoryChanges(before.ir, after.ir, renames),
    ...storageChanges(before.ir, after.ir, renames, {
      planner,
      ...(migrated !== undefined && { migrated }),
    }),
    ...structureChanges(before.ir, after.ir),
    ...viewChanges(before, after, renames),
  ];
  const changes = found.length > 0 ? inOrder(found) : unseen(before.model, after.model);
  return { changes, version: versionStep(changes) };
}

const insertedRoots = (ir: Ir): ReadonlySet<string> =>
  new Set(
    repositoriesOf(ir)
      .filter(({ methods }) =>
        methods.some(({ method }) => method.op === "insert" || method.op === "upsert"),
      )
      .map(({ entity }) => entity.name),
  );

/** The same change seen through two doors (a store that is a member and a place) stays two. */
function inOrder(changes: readonly SpecChange[]): readonly SpecChange[] {
  return surfaces.flatMap((surface) =>
    impacts.flatMap((impact) =>
      changes.filter((change) => change.surface === surface && change.impact === impact),
    ),
  );
}

/** Comments, estimates of size, preferences: the spec differs, what is generated for others does not. */
const unseen = (before: Model, after: Model): readonly SpecChange[] =>
  sameJson(before, after)
    ? []
    : [
        noteOf("api")(
          "internal",
          "spec",
          "changed",
          "comments, scale or preferences only: types, rows and views stay as they are",
        ),
      ];
