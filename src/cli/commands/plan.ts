import { resolve } from "node:path";
import { engines } from "../../engines/registry.gen.ts";
import { planText } from "../../select/explain.ts";
import { compareLock, lockOf, type LockChange, needsAcceptance } from "../../select/lock.ts";
import type { Plan } from "../../select/plan.ts";
import { whatIf } from "../../select/what-if.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type Output, widthOf } from "../io.ts";
import { readLock, writeLock } from "../lock-file.ts";
import { leftEntities, leftText, movedEntities, movedText } from "../moved-entities.ts";
import { choose, load, type Loaded, refuseUnread, storable } from "../pipeline.ts";
import { placeOf } from "../place.ts";
import { reusedNames } from "../unread-records.ts";

/** `plan`: decides and explains; writes a missing lock, a changed one with `--accept`. */
export async function run(
  { io, output }: CommandContext,
  options: { readonly accept: boolean; readonly whatIf: readonly string[] },
): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  if (options.whatIf.length > 0) return answerWhatIf(loaded, options.whatIf, output, widthOf(io));
  const found = readLock(place);
  const plan = choose(loaded, undefined, output);
  const ir = storable(loaded, plan, output);
  const root = resolve(place.folder, loaded.model.output.package);
  refuseUnread(ir, root, loaded.locate);
  output.line(planText(plan, engines, widthOf(io)).trimEnd());
  const changes = found === undefined ? [] : compareLock(found.lock, lockOf(plan, engines));
  const refused = changes.some(needsAcceptance) && !options.accept;
  const write = found === undefined || !refused;
  const written = write && writeLock(place, plan);
  output.document({ plan, changes, lock: { file: place.lock, written } });
  for (const each of movedEntities(ir, root)) output.problem(`note: ${movedText(each)}`);
  for (const each of leftEntities(ir, root)) output.problem(`note: ${leftText(each)}`);
  for (const each of reusedNames(ir, root)) output.problem(`note: ${each}`);
  if (written) output.line(`\n${place.lock} written; commit it.`);
  if (!refused) return exitCode.ok;
  return reportChanges(changes, place.lock, output);
}

function reportChanges(changes: readonly LockChange[], lock: string, output: Output): ExitCode {
  output.problem(`\nThe plan differs from ${lock}:`);
  for (const { text } of changes) output.problem(`  ${text}`);
  output.problem("Take it over with: async-db-starter plan --accept");
  return exitCode.finding;
}

/** Decides again with other values and shows both answers; nothing is written. */
function answerWhatIf(
  loaded: Loaded,
  assignments: readonly string[],
  output: Output,
  width: number,
): ExitCode {
  const before = choose(loaded, undefined, output);
  let model = loaded.model;
  for (const assignment of assignments) {
    const changed = whatIf(model, assignment);
    if (changed.model === undefined) throw new Failure(exitCode.input, changed.problem);
    model = changed.model;
  }
  const after = choose({ ...loaded, model }, undefined, output);
  output.line(planText(after, engines, width).trimEnd());
  const changes = compareLock(lockOf(before, engines), lockOf(after, engines)).filter(
    ({ kind }) => kind !== "requirements",
  );
  output.line(
    `\nwith ${assignments.join(", ")}: ${changes.length === 0 ? "nothing changes" : ""}`.trimEnd(),
  );
  for (const { text } of changes) output.line(`  ${text}`);
  output.document({ whatIf: assignments, plan: after satisfies Plan, changes });
  return exitCode.ok;
}
