import { join, resolve } from "node:path";
import { exceeds, type Impact, type VersionStep } from "../../compat/change.ts";
import { compare, type SpecVersion } from "../../compat/compare.ts";
import { compatibilityText } from "../../compat/show.ts";
import type { Ir } from "../../ir/types.ts";
import { outdatedParts } from "../../migrate/change.ts";
import { engines } from "../../engines/registry.gen.ts";
import { type Lock, parseLock } from "../../select/lock.ts";
import { planModel } from "../../select/plan-model.ts";
import { formatIssues } from "../../spec/issues.ts";
import { maxSpecBytes } from "../../spec/limits.ts";
import { loadSpec } from "../../spec/load.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { revisionOf, type Revision } from "../git.ts";
import type { Output } from "../io.ts";
import { readLock } from "../lock-file.ts";
import { choose, chooseLocked, load, type Loaded, storable } from "../pipeline.ts";
import { type Place, placeOf } from "../place.ts";
import { folderFindings, migratedStores } from "../schema-stage.ts";

export interface CompatOptions {
  /** Branch, tag or commit. */
  readonly against: string;
  /** The biggest step that is no finding. */
  readonly max?: VersionStep;
}

/** `compat --against REV`: what the change of the spec since a revision means, and the semantic version step it asks for. */
export async function run(
  { io, output }: CommandContext,
  { against, max = "major" }: CompatOptions,
): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const after = lowered(loaded, readLock(place)?.lock, output);
  const revision = revisionOf(place.folder, against);
  const before = lowered(
    ...withUsableLock(loadAt(place, revision), lockAt(place, revision)),
    output,
  );
  const compatibility = compare(
    before,
    after,
    (id) => engines.find((engine) => engine.id === id)?.schema,
    migratedAlready(after.ir, resolve(place.folder, loaded.model.output.package)),
  );
  const { version, changes } = compatibility;
  const accepted = !exceeds(version, max);
  output.document({ against: { name: against, commit: revision.commit }, version, max, changes });
  output.line(`${place.shown} compared with ${against} (${revision.commit.slice(0, 12)})\n`);
  output.line(compatibilityText(compatibility, coloured(output)).trimEnd());
  if (accepted) return exitCode.ok;
  output.problem(`The change is ${version}, and --max ${max} was given.`);
  return exitCode.finding;
}

/** Stores with migrations that make what the spec says. */
const migratedAlready = (ir: Ir, root: string): ReadonlySet<string> =>
  new Set(
    migratedStores(ir, root).flatMap(({ store, planner, folder }) =>
      folder.parts.size > 0 &&
      folderFindings(folder).length === 0 &&
      outdatedParts(folder, planner.snapshot(store, ir.project), planner).length === 0
        ? [store.name]
        : [],
    ),
  );

const colours = { breaking: "red", additive: "green", internal: "gray" } as const;

const coloured =
  (output: Output) =>
  (impact: Impact, text: string): string =>
    output.style(colours[impact], text);

/** A spec decided within its lock: what is not in the lock is decided as `plan` would. */
function lowered(loaded: Loaded, lock: Lock | undefined, output: Output): SpecVersion {
  const plan =
    lock === undefined ? choose(loaded, undefined, output) : chooseLocked(loaded, lock, output);
  return { model: loaded.model, ir: storable(loaded, plan, output) };
}

/** A lock of then may forbid what this version's engines can do for the spec of then: it is decided anew. */
function withUsableLock(
  loaded: Loaded,
  lock: Lock | undefined,
): readonly [Loaded, Lock | undefined] {
  const { plan } = planModel(loaded.model, engines, lock, { flips: false });
  return [loaded, plan === undefined ? undefined : lock];
}

/** The spec at a revision, with what it includes. @throws Failure 2 when it is missing there, or wrong */
function loadAt({ folder, spec, shown }: Place, { name, files }: Revision): Loaded {
  const read = files.readSpec(spec, maxSpecBytes);
  if ("failure" in read && read.failure === "missing") {
    throw new Failure(exitCode.input, `${shown} does not exist at ${name}`, {
      hint: "compare with a revision that has the spec, or name its file there by --spec",
    });
  }
  const { model, issues, sources, locate } = loadSpec(join(folder, spec), {
    shownAs: `${name}:${shown}`,
    files,
  });
  if (model === undefined || locate === undefined) {
    throw new Failure(exitCode.input, formatIssues(issues), {
      details: issues,
      hint: "the spec of that revision is not valid for this version of async-db-starter; compare with a later revision",
    });
  }
  return { model, sources, locate };
}

/** The lock at a revision; without one its decisions are taken anew. @throws Failure 2 for one that cannot be read */
function lockAt({ lock: file }: Place, { name, files }: Revision): Lock | undefined {
  const read = files.read(file, maxSpecBytes);
  if ("failure" in read) return undefined;
  const parsed = parseLock(new TextDecoder().decode(read.bytes));
  if ("lock" in parsed) return parsed.lock;
  throw new Failure(exitCode.input, `${name}:${file}: ${parsed.problem}`, {
    hint: "compare with a revision whose lock is whole",
  });
}
