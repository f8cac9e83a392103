import { renderDiff } from "../../reconcile/render-diff.ts";
import { changesOf, hasDrift } from "../../reconcile/write-plan.ts";
import { engines } from "../../engines/registry.gen.ts";
import { compareLock, lockOf, needsAcceptance } from "../../select/lock.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { requireLock } from "../lock-file.ts";
import { chooseLocked, load, reconcile } from "../pipeline.ts";
import { placeOf } from "../place.ts";
import { outdatedText, reportNotes } from "../report.ts";

/** `check`: as `generate`, but writes nothing; exit 1 with the diff when code and spec, or lock and spec, differ. */
export async function run({ io, output }: CommandContext): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const { lock } = requireLock(place);
  const plan = chooseLocked(loaded, lock, output);
  const { writePlan, outdated } = reconcile(place, loaded, plan, output);
  const decisions = compareLock(lock, lockOf(plan, engines));
  const changes = changesOf(writePlan.actions).map(({ kind, path }) => ({ kind, path }));
  const diff = renderDiff(writePlan);
  output.document({
    clean: !hasDrift(writePlan) && decisions.length === 0 && outdated.length === 0,
    changes,
    findings: writePlan.findings,
    notes: writePlan.notes,
    decisions,
    outdated,
    diff,
  });
  reportNotes(writePlan.notes, output);
  for (const { message, mend } of writePlan.findings) output.problem(`${message}; ${mend}`);
  if (diff !== "") output.line(diff.trimEnd());
  for (const each of outdated) output.problem(outdatedText(each));
  for (const { text } of decisions) output.problem(`${place.lock}: ${text}`);
  if (!hasDrift(writePlan) && decisions.length === 0 && outdated.length === 0) {
    const deleted = writePlan.notes.filter(({ kind }) => kind === "deleted").length;
    output.line(
      deleted === 0
        ? "clean: the tree is what the spec and the lock say"
        : `clean, but ${deleted} generated ${deleted === 1 ? "file is" : "files are"} missing that you deleted`,
    );
    return exitCode.ok;
  }
  if (decisions.length > 0) {
    const accept = decisions.some(needsAcceptance) ? " --accept" : "";
    output.problem(`Bring the lock up to date with: async-db-starter plan${accept}`);
  }
  if (hasDrift(writePlan))
    output.problem("Bring the tree up to date with: async-db-starter generate");
  return exitCode.finding;
}
