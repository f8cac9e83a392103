import { join, resolve } from "node:path";
import { engines } from "../engines/registry.gen.ts";
import { claimedNames } from "../ir/collisions.ts";
import { lower } from "../ir/lower.ts";
import { snapshots } from "../ir/snapshots.ts";
import { type UnitInput, unitInputs } from "../ir/unit-inputs.ts";
import { normalise } from "../reconcile/content.ts";
import { decide } from "../reconcile/decide.ts";
import { nodeFileSystem } from "../reconcile/file-system.ts";
import { withFormerColumns } from "../reconcile/former-columns.ts";
import { type SoundSchema, soundSchema, wantedSeal } from "../reconcile/known-schema.ts";
import { asWatchedPath, isAsBefore } from "../reconcile/shortcut.ts";
import {
  type KnownUnits,
  readKnownUnits,
  type UntouchedUnits,
  watchedOf,
} from "../reconcile/known-units.ts";
import { renamesOf } from "../reconcile/renames.ts";
import { scan } from "../reconcile/scan.ts";
import type { TreeState } from "../reconcile/tree-state.ts";
import { changesOf, conflictsOf, type WritePlan } from "../reconcile/write-plan.ts";
import { render } from "../render/render.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import type { Lock } from "../select/lock.ts";
import { planModel } from "../select/plan-model.ts";
import { type Captured, capturedAgain, remembered } from "../slice/captured-files.ts";
import { type CutFile, cutFiles, narrowedTexts, type Slice, sliceOf } from "../slice/cut.ts";
import { type KnownSpec, readKnownSpec, textsOf } from "../slice/known-spec.ts";
import { narrowed } from "../slice/narrowed.ts";
import { agree, nextNames, nextSizes, type Side, sizesOf } from "../slice/side.ts";
import { filesIn } from "../spec/files.ts";
import { loadSpec } from "../spec/load.ts";
import { hashOfSettings } from "./input-hash.ts";
import { packageVersion } from "./package-files.ts";
import { type Reconciled, refusalsOf } from "./pipeline.ts";
import type { Place } from "./place.ts";
import { keptEntities, reusedNames, unreadRecords } from "./unread-records.ts";
import { differingParts, foldersOf, sealsOf } from "./schema-stage.ts";

/** What a run comes to that did not look at all of the spec. */
export interface SlicedRun {
  readonly reconciled: Reconciled;
  readonly sources: readonly Uint8Array[];
  /** For the next run. */
  readonly spec: Omit<KnownSpec, "shared">;
}

/** What the last run left, with the spec as it is now. */
interface Found {
  readonly place: Place;
  readonly lock: Lock;
  readonly spec: KnownSpec;
  readonly units: KnownUnits;
  readonly captured: Captured;
}

/**
 * The run of a spec of which only some entities differ from the last run, at the cost of these and of what has to do with them.
 *
 * Both the former and the present spec are cut down to the same entities, and each is run as a whole. What they come to is what a run over
 * everything would come to, if the former one comes to what is recorded, and if both agree in all that does not belong to the entities
 * that changed. Any doubt, and anything there is to say, gives undefined: then the run over everything judges.
 */
export function reconcileSlice(
  place: Place,
  { lock, text }: { readonly lock: Lock; readonly text: string },
): SlicedRun | undefined {
  const spec = readKnownSpec(place.folder);
  if (spec === undefined || spec.settings !== hashOfSettings(text, place)) return undefined;
  const units = readKnownUnits(place.folder);
  const captured = capturedAgain(spec, filesIn(place.folder));
  if (units === undefined || captured === undefined) return undefined;
  const [before, now] = [cutFiles(spec.reads), cutFiles(textsOf(captured))];
  if (before === undefined || now === undefined) return undefined;
  const slice = sliceOf(before, now, spec.mentioned, new Map(Object.entries(units.units)));
  if (slice === undefined) return undefined;
  return runOf({ place, lock, spec, units, captured }, slice, before, now);
}

function runOf(
  found: Found,
  slice: Slice,
  before: readonly CutFile[],
  now: readonly CutFile[],
): SlicedRun | undefined {
  const { place, spec, units, captured } = found;
  const settled = settledUnits(found, slice.units);
  const former = settled === undefined ? undefined : sideOf(found, slice, before);
  const present = former === undefined ? undefined : sideOf(found, slice, now);
  if (settled === undefined || former === undefined || present === undefined) return undefined;
  if (!agree(former, present, slice.units)) return undefined;
  if (unreadRecords(present.ir, place.folder).length > 0) return undefined;
  if (reusedNames(present.ir, place.folder).length > 0) return undefined;
  const names = nextNames(claimedNames(former.ir), claimedNames(present.ir), spec.names);
  const sizes = nextSizes(former.sizes, present.sizes, spec.sizes);
  const sound = nextSchemas(former, present, place.folder);
  const decided = decidedOf(former, present, slice, units, place.folder);
  if (names === undefined || sizes === undefined) return undefined;
  if (sound === undefined || decided === undefined) return undefined;
  const inputs = Object.entries(units.units).map(([unit, known]): [string, UnitInput] => [
    unit,
    (slice.units.has(unit) ? present.inputs.units.get(unit) : undefined) ?? known,
  ]);
  const watched = [
    ...decided.writePlan.watched,
    ...watchedOf(settled),
    ...spec.shared.map(asWatchedPath),
    ...sound.flatMap(({ store, files }) => [...foldersOf(store), ...files]),
  ];
  return {
    reconciled: {
      ...decided,
      ir: present.ir,
      writePlan: { ...decided.writePlan, watched },
      outdated: sound.flatMap(({ store, pending }) => {
        const parts = Object.keys(pending).toSorted();
        return parts.length === 0 ? [] : [{ store, parts }];
      }),
      root: place.folder,
      sound,
      inputs: { common: units.common, units: new Map(inputs) },
      untouched: settled,
      moved: [],
      left: [],
      reused: [],
      unmade: [],
    },
    sources: captured.reads.map(({ bytes }) => bytes),
    spec: { ...spec, reads: textsOf(captured), names, sizes },
  };
}

/** The units besides `touched`; undefined when a file of one of them, or one that belongs to no unit, is not as the last run left it. */
function settledUnits(
  { place, spec, units }: Found,
  touched: ReadonlySet<string>,
): UntouchedUnits | undefined {
  const isSettled = isAsBefore(place.folder, nodeFileSystem);
  if (!spec.shared.every(isSettled)) return undefined;
  const settled = Object.entries(units.units).filter(([unit]) => !touched.has(unit));
  const known = settled.flatMap(([unit, { files }]) =>
    files !== undefined && files.every(isSettled) ? [[unit, files] as const] : [],
  );
  return known.length === settled.length ? new Map(known) : undefined;
}

/** What a part of the spec comes to; undefined when there is anything to say of it. */
function sideOf(
  { place, lock, spec }: Found,
  { units, kept }: Slice,
  cut: readonly CutFile[],
): Side | undefined {
  const { model, issues } = loadSpec(join(place.folder, place.spec), {
    shownAs: place.shown,
    engines: engines.map(({ id }) => id),
    files: remembered(narrowedTexts(cut, kept), spec.lists),
    narrow: (tree) => narrowed(tree, kept),
  });
  if (model === undefined || issues.length > 0 || model.entities.length !== kept.size)
    return undefined;
  if (resolve(place.folder, model.output.package) !== place.folder) return undefined;
  if (renamesOf(model.entities, []).rewordings.length > 0) return undefined;
  const { plan } = planModel(model, engines, lock, { flips: false });
  const ir = plan === undefined ? undefined : lower(model, plan);
  if (plan === undefined || ir === undefined || refusalsOf(ir).length > 0) return undefined;
  const version = packageVersion();
  const isWanted = (unit: string): boolean =>
    units.has(unit) || (unit !== "runtime" && !unit.startsWith("entities/"));
  return {
    sizes: sizesOf(model),
    plan,
    ir,
    inputs: unitInputs(ir, { spec: place.spec, version }),
    files: render({ ir, plan, model, engines, spec: place.spec, version }, isWanted),
    models: snapshots(model, plan),
    seals: new Map(
      ir.stores.flatMap((store) => {
        const planner = engines.find(({ id }) => id === store.engine)?.schema;
        return planner === undefined
          ? []
          : [[store.name, sealsOf(planner.snapshot(store, ir.project))] as const];
      }),
    ),
  };
}

/** The migrations of each store beside what the spec asks of them now; undefined where the former part did not come to what is known. */
function nextSchemas(
  former: Side,
  present: Side,
  root: string,
): readonly SoundSchema[] | undefined {
  const next = [...present.seals].map(([store, seals]) => {
    const before = former.seals.get(store) ?? {};
    const found = soundSchema(root, store);
    const parts = differingParts(before, seals);
    if (found === undefined || parts.some((part) => wantedSeal(found, part) !== before[part]))
      return undefined;
    const pending = { ...found.pending };
    for (const part of parts) {
      if (seals[part] === found.parts[part]) delete pending[part];
      else pending[part] = seals[part] ?? null;
    }
    return { ...found, pending };
  });
  return next.includes(undefined) ? undefined : next.filter((each) => each !== undefined);
}

/** What happens to the files of the units that changed; undefined where the former part did not come to the files that are recorded. */
function decidedOf(
  former: Side,
  present: Side,
  { units }: Slice,
  known: KnownUnits,
  root: string,
): Pick<Reconciled, "files" | "state" | "writePlan"> | undefined {
  const isOwn = ({ unit }: { readonly unit: string }): boolean => units.has(unit);
  const isKnown = [...units].every(
    (unit) => former.inputs.units.get(unit)?.own === known.units[unit]?.own,
  );
  if (!isKnown) return undefined;
  const files = present.files.filter(isOwn);
  const paths = files.map(({ path }) => path);
  const state = scan(root, [...units], paths);
  if (!areRecorded(former.files.filter(isOwn), state)) return undefined;
  const models = new Map([...present.models].filter(([unit]) => units.has(unit)));
  const stored = withFormerColumns(models, state.records, keptEntities(present.ir));
  const writePlan = decide(files, state, stored);
  return isQuiet(writePlan) ? { files, state, writePlan } : undefined;
}

const areRecorded = (files: readonly VirtualFile[], { records }: TreeState): boolean => {
  const recorded = new Map([...records.values()].flatMap((record) => [...record.files]));
  return (
    recorded.size === files.length &&
    files.every(({ path, content }) => {
      const file = recorded.get(path);
      if (file === undefined || file.kind === "yours") return file !== undefined;
      if (file.at !== undefined || file.deleted === true || file.kind === "hashed") return false;
      return file.theirs === undefined && file.base === normalise(content);
    })
  );
};

/** Nothing to say, and nothing but files that are there already are written anew. */
const isQuiet = ({ actions, records, findings, notes }: WritePlan): boolean =>
  findings.length + notes.length + conflictsOf(actions).length === 0 &&
  [...changesOf(actions), ...records].every(({ kind }) => kind === "rewrite");
