import { join, resolve } from "node:path";
import { engines } from "../engines/registry.gen.ts";
import type { NameProblem } from "../ir/collisions.ts";
import { lower } from "../ir/lower.ts";
import { irProblems } from "../ir/problems.ts";
import type { Ir } from "../ir/types.ts";
import { type Branch, withBranchBases } from "../reconcile/branch-bases.ts";
import { contentOf } from "../reconcile/content.ts";
import { decide } from "../reconcile/decide.ts";
import { withFormerColumns } from "../reconcile/former-columns.ts";
import { notRestoredNote } from "../reconcile/findings.ts";
import { isAway } from "../reconcile/locate.ts";
import { renamesOf } from "../reconcile/renames.ts";
import { restoreDeleted } from "../reconcile/restore.ts";
import { nodeFileSystem } from "../reconcile/file-system.ts";
import type { SoundSchema } from "../reconcile/known-schema.ts";
import { scan } from "../reconcile/scan.ts";
import type { TreeState } from "../reconcile/tree-state.ts";
import type { WritePlan } from "../reconcile/write-plan.ts";
import { render } from "../render/render.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import { snapshots } from "../ir/snapshots.ts";
import {
  compareLock,
  type Lock,
  type LockChange,
  lockOf,
  withLockedFlips,
} from "../select/lock.ts";
import { planModel } from "../select/plan-model.ts";
import type { Plan } from "../select/plan.ts";
import type { PlanProblem } from "../select/problems.ts";
import { formatIssues, type Issue, type Problem } from "../spec/issues.ts";
import type { SpecFiles } from "../spec/files.ts";
import { loadSpec } from "../spec/load.ts";
import { type UnitInputs, unitInputs } from "../ir/unit-inputs.ts";
import {
  nothingUntouched,
  type UntouchedUnits,
  untouchedUnits,
  watchedOf,
} from "../reconcile/known-units.ts";
import type { Model } from "../spec/model.ts";
import { Dumped } from "./dumped.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { mergedRevisions, type Revision } from "./git.ts";
import type { Output } from "./io.ts";
import {
  type LeftEntity,
  leftEntities,
  type MovedEntity,
  movedEntities,
  unmadeEntities,
} from "./moved-entities.ts";
import { cwdAbove, isNowhere, type Place } from "./place.ts";
import { packageVersion } from "./package-files.ts";
import { type OutdatedSchema, schemaState, type SchemaState } from "./schema-stage.ts";
import { refuseSecondSpec } from "./spec-of-package.ts";
import { takenNames } from "./taken-renames.ts";
import { keptEntities, reusedNames, unreadRecords } from "./unread-records.ts";

/** A valid spec. */
export interface Loaded {
  readonly model: Model;
  /** Every file that was read, for the hash of the inputs. */
  readonly sources: readonly Uint8Array[];
  /** How many problems were found that stop nothing. */
  readonly warnings?: number;
  readonly locate: (problems: readonly Problem[]) => readonly Issue[];
}

/**
 * The spec as a Model; warnings are printed.
 *
 * @param files where it is read from; the disk by default
 * @throws Failure 2 with every problem
 */
export function load(place: Place, output: Output, files?: SpecFiles): Loaded {
  const { model, issues, sources, locate } = loadSpec(join(place.folder, place.spec), {
    shownAs: place.shown,
    engines: engines.map(({ id }) => id),
    ...(files === undefined ? {} : { files }),
  });
  if (model === undefined || locate === undefined) throw elsewhere(place) ?? wrongSpec(issues);
  if (issues.length > 0 && !output.options.quiet) output.problem(formatIssues(issues));
  dump(output, "model", model);
  return { model, sources, warnings: issues.length, locate };
}

/**
 * Decides for the Model, within the lock when there is one, and finds what would change each decision.
 *
 * @throws Failure 2 when a workload cannot be served, 1 when only the lock stands in the way
 */
export function choose({ model, locate }: Loaded, lock: Lock | undefined, output: Output): Plan {
  const { plan, problems } = planModel(model, engines, lock);
  if (plan === undefined) throw unplannable(problems, locate);
  dump(output, "plan", plan);
  return plan;
}

/** The same within a lock that knows already what would change each decision. */
export function chooseLocked({ model, locate }: Loaded, lock: Lock, output: Output): Plan {
  const { plan, problems } = planModel(model, engines, lock, { flips: false });
  if (plan === undefined) throw unplannable(problems, locate);
  const known = withLockedFlips(plan, lock);
  dump(output, "plan", known);
  return known;
}

/**
 * What `plan` would change in a lock within which `plan` was made: once a workload asks for something else, the decision is taken again
 * without it.
 */
export function lockChanges(
  { model }: Pick<Loaded, "model">,
  lock: Lock,
  plan: Plan,
): readonly LockChange[] {
  const within = compareLock(lock, lockOf(plan, engines));
  if (within.length === 0) return within;
  const { plan: free } = planModel(model, engines, undefined, { flips: false });
  return free === undefined ? within : compareLock(lock, lockOf(free, engines));
}

/** The rendered files, and what has to happen to the tree below `root` so that it holds them. */
export interface Reconciled {
  readonly ir: Ir;
  readonly files: readonly VirtualFile[];
  readonly writePlan: WritePlan;
  /** Stores whose migrations do not make what the spec says. */
  readonly outdated: readonly OutdatedSchema[];
  readonly root: string;
  /** Stores whose migrations are in order. */
  readonly sound: readonly SoundSchema[];
  /** The tree as it was found. */
  readonly state: TreeState;
  /** What the files of each entity were made from. */
  readonly inputs: UnitInputs;
  /** Units that were left out since nothing touched them; their files are neither in `files` nor in `state`. */
  readonly untouched: UntouchedUnits;
  /** Entities that have another authority than before. */
  readonly moved: readonly MovedEntity[];
  readonly left: readonly LeftEntity[];
  /** Names in records that another field has now, as notes. */
  readonly reused: readonly string[];
  /** Those of them whose rows nobody has said may stay behind. */
  readonly unmade: readonly MovedEntity[];
}

/**
 * The files of the plan against the tree, for `generate` and `check`.
 *
 * @param restored generated files and folders to make again although the user deleted them
 * @throws Failure 2 for one of these that is not generated
 */
export function reconcile(
  place: Place,
  { model, locate }: Pick<Loaded, "model" | "locate">,
  plan: Plan,
  output: Output,
  restored: readonly string[] = [],
): Reconciled {
  return reconcileUnits(
    prepare(place, { model, locate }, plan, output),
    nothingUntouched,
    restored,
  );
}

/**
 * The same without the units that neither the spec nor the user has touched since the last run; all of them where what is left could
 * meet one of those.
 */
export function reconcileTouched(
  place: Place,
  { model, locate }: Pick<Loaded, "model" | "locate">,
  plan: Plan,
  output: Output,
): Reconciled {
  const prepared = prepare(place, { model, locate }, plan, output);
  const renamed = renamesOf(model.entities, []).rewordings.length > 0;
  const untouched = renamed ? nothingUntouched : untouchedUnits(prepared.inputs, prepared.root);
  const touched = reconcileUnits(prepared, untouched, [], true);
  return untouched.size === 0 || isSelfContained(touched)
    ? touched
    : reconcileUnits(prepared, nothingUntouched, []);
}

/** Whether each file that was rendered is one that was recorded, and is where it was: then none can meet one of another unit. */
function isSelfContained({ files, state }: Reconciled): boolean {
  const recorded = [...state.records.values()].flatMap((record) => [...record.files]);
  const paths = new Set(recorded.map(([path]) => path));
  return (
    state.damaged.length === 0 &&
    paths.size === files.length &&
    files.every(({ path }) => paths.has(path)) &&
    recorded.every(([path, file]) => !isAway(path, file, state))
  );
}

interface Prepared {
  readonly place: Place;
  readonly model: Model;
  readonly plan: Plan;
  readonly output: Output;
  readonly root: string;
  readonly ir: Ir;
  readonly inputs: UnitInputs;
  readonly moved: readonly MovedEntity[];
  readonly left: readonly LeftEntity[];
  /** Names in records that another field has now, as notes. */
  readonly reused: readonly string[];
}

function prepare(
  place: Place,
  { model, locate }: Pick<Loaded, "model" | "locate">,
  plan: Plan,
  output: Output,
): Prepared {
  const root = resolve(place.folder, model.output.package);
  refuseSecondSpec(root, place);
  const ir = storable({ model, locate }, plan, output);
  refuseUnread(ir, root, locate);
  refuseTaken(ir, root, locate);
  const inputs = unitInputs(ir, { spec: place.spec, version: packageVersion() });
  return {
    place,
    model,
    plan,
    output,
    root,
    ir,
    inputs,
    moved: movedEntities(ir, root),
    left: leftEntities(ir, root),
    reused: reusedNames(ir, root),
  };
}

function reconcileUnits(
  { place, model, plan, output, root, ir, inputs, moved, left, reused }: Prepared,
  untouched: UntouchedUnits,
  restored: readonly string[],
  trusting = false,
): Reconciled {
  const wanted = (unit: string): boolean => !untouched.has(unit);
  const files = render(
    { ir, plan, model, engines, spec: place.spec, version: packageVersion() },
    wanted,
  );
  dump(output, "files", files);
  const paths = files.map(({ path }) => path);
  const models = new Map([...snapshots(model, plan)].filter(([unit]) => wanted(unit)));
  const found =
    untouched.size === 0
      ? scan(root, "all", paths, nodeFileSystem, model.output.dir)
      : scan(root, [...new Set(files.map(({ unit }) => unit)), ...models.keys()], paths);
  const based = withBranchBases(found, () => mergedRevisions(root).map(branchOf));
  const { state, unknown, present } = restoreDeleted(based, files, root, restored);
  refuseUnknown(unknown);
  const renames = renamesOf(model.entities, files);
  const stored = withFormerColumns(models, state.records, keptEntities(ir));
  const decided = decide(files, state, stored, renames);
  const notes = [...decided.notes, ...present.map(notRestoredNote)];
  const schema = schemaState(ir, root, trusting);
  const watched = [...decided.watched, ...watchedOf(untouched)];
  const writePlan = withSchema({ ...decided, notes, watched }, schema);
  dump(output, "write-plan", {
    ...writePlan,
    actions: writePlan.actions.map(({ kind, path }) => ({ kind, path })),
    records: [],
  });
  const { outdated, sound } = schema;
  const unmade = unmadeEntities(moved, ir, root);
  const about = { inputs, untouched, moved, left, reused, unmade };
  return { ir, files, writePlan, outdated, sound, root, state: found, ...about };
}

/** Far above any file that is generated. */
const maxOutput = 64 * 1024 * 1024;

const branchOf = ({ files }: Revision): Branch => ({
  read(path) {
    const found = files.read(path, maxOutput);
    return "bytes" in found ? contentOf(found.bytes) : undefined;
  },
});

/** @throws Failure 2 naming every path that is not generated */
function refuseUnknown(paths: readonly string[]): void {
  if (paths.length === 0) return;
  throw new Failure(
    exitCode.input,
    paths.map((path) => `--restore ${path}: nothing is generated there`).join("\n"),
    { hint: "give a generated file or a folder of them, as check names it; nothing was written" },
  );
}

/** The first migrations of stores that have none, in the same run as everything else. */
function withSchema(writePlan: WritePlan, schema: SchemaState): WritePlan {
  const { actions, records, findings, watched } = schema;
  return {
    ...writePlan,
    actions: [...writePlan.actions, ...actions].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    records: [...writePlan.records, ...records],
    findings: [...writePlan.findings, ...findings],
    watched: [...writePlan.watched, ...watched],
  };
}

/** What is to be emitted. @throws Failure 2 when it cannot be rendered, or an engine that was chosen cannot carry it */
export function storable(
  { model, locate }: Pick<Loaded, "model" | "locate">,
  plan: Plan,
  output: Output,
): Ir {
  const ir = lower(model, plan);
  dump(output, "ir", ir);
  refuseUnstorable(ir, locate);
  return ir;
}

/** What cannot be rendered, and what an engine cannot carry although it was chosen: a name, a type, an identifier, an operation. */
function refuseUnstorable(ir: Ir, locate: Loaded["locate"]): void {
  const refused = refusalsOf(ir);
  if (refused.length === 0) return;
  throw wrongSpec(
    locate(
      refused.map(({ path, text, hint }): Problem => ({
        path: path.split("."),
        at: "key",
        severity: "error",
        message: text,
        hint,
      })),
    ),
  );
}

/** Records that no migration renames, and that nobody would find any more. @throws Failure 2 */
export function refuseUnread(ir: Ir, root: string, locate: Loaded["locate"]): void {
  const problems = unreadRecords(ir, root);
  if (problems.length > 0) throw wrongSpec(locate(problems));
}

/** A former name that another thing has, as it would look like a rename that is done. @throws Failure 2 */
export function refuseTaken(ir: Ir, root: string, locate: Loaded["locate"]): void {
  const problems = takenNames(ir, root);
  if (problems.length > 0) throw wrongSpec(locate(problems));
}

/** Everything about what is to be emitted that must not be. */
export const refusalsOf = (ir: Ir): readonly NameProblem[] => [
  ...irProblems(ir),
  ...ir.stores.flatMap(
    (store) => engines.find(({ id }) => id === store.engine)?.refuse?.(store) ?? [],
  ),
];

function unplannable(problems: readonly PlanProblem[], locate: Loaded["locate"]): Failure {
  const issues = locate(
    problems.map(({ workload, path, at, text, hint }): Problem => ({
      path: path.split("."),
      at,
      severity: "error",
      message: `workload "${workload}": ${text}`,
      hint,
    })),
  );
  const locked = problems.every(({ kind }) => kind === "locked");
  return locked
    ? new Failure(exitCode.finding, formatIssues(issues), {
        details: problems,
        hint: "async-db-starter plan --accept writes the changed decision",
      })
    : wrongSpec(issues, problems);
}

/** A folder that is not there, or a command that was started below the folder of the spec. */
function elsewhere(place: Place): Failure | undefined {
  if (isNowhere(place))
    return new Failure(
      exitCode.input,
      `${place.shown}: the folder ${place.folder} does not exist`,
      {
        hint: "check --cwd and --spec",
      },
    );
  const above = cwdAbove(place);
  return above === undefined
    ? undefined
    : new Failure(
        exitCode.input,
        `${place.shown} does not exist, but ${above}/${place.spec} does`,
        {
          hint: `run it there, or with: --cwd ${above}`,
        },
      );
}

function wrongSpec(issues: readonly Issue[], details: unknown = issues): Failure {
  return new Failure(exitCode.input, formatIssues(issues), { details });
}

function dump(output: Output, stage: string, value: unknown): void {
  if (output.options.dump === stage) throw new Dumped(value);
}
