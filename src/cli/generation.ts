import { resolve } from "node:path";
import { apply } from "../reconcile/apply.ts";
import { recover } from "../reconcile/recover.ts";
import { renderDiff } from "../reconcile/render-diff.ts";
import { changesOf, hasDrift } from "../reconcile/write-plan.ts";
import type { CommandContext } from "./context.ts";
import { exitCode, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Output } from "./io.ts";
import type { Lock } from "../select/lock.ts";
import type { Plan } from "../select/plan.ts";
import { requireLock } from "./lock-file.ts";
import { hashOfSources } from "./input-hash.ts";
import { chooseLocked, load, reconcile } from "./pipeline.ts";
import { placeOf } from "./place.ts";
import { rememberSpec } from "./spec-of-package.ts";
import { outdatedText, reportFindings, reportNotes } from "./report.ts";

export interface GenerateOptions {
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  /** Generated files to make again although the user deleted them. */
  readonly restore?: readonly string[];
}

/** The whole path of `generate`. */
export function generate({ io, output }: CommandContext, options: GenerateOptions): ExitCode {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const { lock, text } = requireLock(place);
  const dry = options.dryRun === true || options.diff === true;
  const plan = chooseLocked(loaded, lock, output);
  refuseUndecided(plan, lock, place.lock);
  recover(resolve(place.folder, loaded.model.output.package));
  const { writePlan, outdated, root } = reconcile(place, loaded, plan, output, options.restore);
  reportNotes(writePlan.notes, output);
  for (const each of outdated) output.problem(outdatedText(each));
  if (writePlan.findings.length > 0) return reportFindings(writePlan.findings, output);
  if (dry) return preview(writePlan, options, output);
  const report = apply(writePlan, root, { inputHash: hashOfSources(loaded.sources, text) });
  if (report.outcome === "refused") return reportFindings(report.findings, output);
  rememberSpec(root, place);
  const { created, rewritten, removed } = report;
  output.document({ created, rewritten, removed, notes: writePlan.notes });
  if (created.length + rewritten.length + removed.length === 0)
    return reportUnchanged(output, false);
  output.line(
    [
      created.length > 0 ? `${created.length} created` : "",
      rewritten.length > 0 ? `${rewritten.length} rewritten` : "",
      removed.length > 0 ? `${removed.length} removed` : "",
    ]
      .filter((part) => part !== "")
      .join(", "),
  );
  return exitCode.ok;
}

function reportUnchanged(output: Output, document = true): ExitCode {
  output.line("nothing changed; no file written");
  if (document) output.document({ created: [], rewritten: [], removed: [], notes: [] });
  return exitCode.ok;
}

function preview(
  writePlan: Parameters<typeof renderDiff>[0],
  options: GenerateOptions,
  output: Output,
): ExitCode {
  const changes = changesOf(writePlan.actions).map(({ kind, path }) => ({ kind, path }));
  const diff = options.diff === true ? renderDiff(writePlan) : undefined;
  output.document({ changes, ...(diff === undefined ? {} : { diff }) });
  if (diff !== undefined) output.line(diff.trimEnd());
  else for (const { kind, path } of changes) output.line(`${kind} ${path}`);
  return hasDrift(writePlan) ? exitCode.finding : exitCode.ok;
}

/** A workload that the lock does not know is a decision that nobody has seen yet. @throws Failure 1 */
function refuseUndecided(plan: Plan, lock: Lock, file: string): void {
  const names = plan.decisions.map(({ workload }) => workload);
  const undecided = names.filter((name) => lock.decisions[name] === undefined);
  if (undecided.length === 0) return;
  throw new Failure(exitCode.finding, `${file} holds no decision for ${undecided.join(", ")}`, {
    hint: "run: async-db-starter plan",
  });
}
