import type { VirtualFile } from "../render/virtual-file.ts";
import { type Content, contentOf, inShape, shapeOf } from "./content.ts";
import * as findings from "./findings.ts";
import { type Located, Locator } from "./locate.ts";
import type { RecordedState } from "./next-records.ts";
import { type RecordedFile, withWhereabouts } from "./record.ts";
import type { Renames } from "./renames.ts";
import type { DiskEntry, TreeState } from "./tree-state.ts";
import { isLastOutput, judge, type Verdict } from "./verdict.ts";
import type { Action, DiskFile, Finding, FileChange, HoldsEdit, Note } from "./write-plan.ts";

/** What was decided for the files, before the records that follow from it. */
export interface Decision {
  readonly actions: Action[];
  readonly findings: Finding[];
  readonly notes: Note[];
  /** By planned path: what its record says other than what was rendered. */
  readonly states: Map<string, RecordedState>;
}

export function noDecision(found: Finding[]): Decision {
  return { actions: [], findings: found, notes: [], states: new Map() };
}

/** Decides every planned path and every recorded one that left the plan. */
export function decideFiles(
  files: readonly VirtualFile[],
  state: TreeState,
  renames: Renames,
): Decision {
  const decision = noDecision([]);
  const locator = new Locator(files, state, renames);
  const goOn = new Set<string>();
  for (const file of files) {
    const located = locator.locate(file);
    const verdict = judge({
      ownership: file.ownership,
      planned: plannedContent(file),
      recorded: located.recorded,
      disk: located.disk,
      rewordings: renames.rewordings,
    });
    carryOut(decision, file, located, located.respelled ? evenIfEqual(verdict, located) : verdict);
    if (located.former !== undefined) goOn.add(located.former);
  }
  for (const path of locator.stale()) {
    const recorded = locator.recorded.get(path);
    if (recorded === undefined || goOn.has(path)) continue;
    const place = locator.placeOf(path, recorded);
    retire(decision, place, recorded, state.disk.get(place));
  }
  return decision;
}

/** The old spelling is removed in the same run, so the new one has to be written in any case. */
function evenIfEqual(verdict: Verdict, { disk }: Located): Verdict {
  if (verdict.kind !== "unchanged" || disk?.kind !== "file") return verdict;
  return { kind: "rewrite", disk };
}

function carryOut(decision: Decision, file: VirtualFile, located: Located, verdict: Verdict): void {
  const { path } = file;
  const { at } = located;
  const content = plannedContent(file);
  if (at !== path && verdict.kind !== "deleted" && verdict.kind !== "blocked") {
    decision.notes.push(findings.movedNote(path, at));
    decision.states.set(path, { kind: "elsewhere", at });
  }
  switch (verdict.kind) {
    case "create":
      decision.actions.push({
        kind: "create",
        path,
        content,
        executable: file.executable === true,
      });
      return;
    case "rewrite":
      decision.actions.push(...written(located, content, verdict.disk));
      return;
    case "merged":
      decision.actions.push(...written(located, verdict.text, verdict.disk, verdict));
      if (verdict.conflicts.length === 0) decision.notes.push(findings.mergedNote(at));
      return;
    case "hand-changed":
      keepChanged(decision, located, verdict.disk);
      return;
    case "adopt":
      decision.actions.push({ kind: "adopt", path });
      return;
    case "unchanged":
      if (located.origin !== undefined && located.disk?.kind === "file")
        decision.actions.push(...written(located, content, located.disk));
      else decision.actions.push({ kind: "keep", path: at, reason: "unchanged" });
      return;
    case "yours":
      decision.actions.push({ kind: "keep", path, reason: "yours" });
      return;
    case "existing-yours":
      decision.actions.push({ kind: "keep", path, reason: "yours" });
      decision.notes.push(findings.alreadyThereNote(path));
      return;
    case "deleted":
      stayDeleted(decision, path, located.recorded);
      return;
    case "unresolved":
      decision.findings.push(findings.unresolved(located.origin ?? at, verdict.lines));
      return;
    case "unmergeable":
      decision.findings.push(findings.unmergeable(path, at, verdict.disk, content));
      return;
    case "unlisted":
      decision.findings.push(findings.unlisted(path, verdict.disk, content));
      return;
    case "blocked":
      decision.findings.push(findings.blocked(at, verdict.disk));
      return;
  }
}

/** A file that goes on: in its place, or under the new name of its entity. */
function written(
  { at, origin }: Located,
  content: Content,
  before: DiskFile,
  edit?: HoldsEdit,
): FileChange[] {
  const shaped = inShapeOf(before, content, edit);
  const holds = edit?.conflicts === undefined ? {} : { conflicts: edit.conflicts };
  if (origin === undefined)
    return [{ kind: "rewrite", path: at, content: shaped, before, ...holds }];
  return [
    { kind: "create", path: at, content: shaped, executable: false, from: before, ...holds },
    { kind: "remove", path: origin, before, last: true },
  ];
}

function inShapeOf(before: DiskFile, content: Content, edit: HoldsEdit | undefined): Content {
  if (typeof content !== "string" || typeof before.content !== "string") return content;
  const shape = shapeOf(before.content);
  const conflicts = edit?.conflicts ?? [];
  return inShape(content, conflicts.length === 0 ? shape : { ...shape, finalNewline: true });
}

function keepChanged(decision: Decision, located: Located, disk: DiskFile): void {
  const { at, origin } = located;
  decision.notes.push(findings.handChangedNote(at));
  if (origin === undefined) {
    decision.actions.push({ kind: "keep", path: at, reason: "hand-changed" });
    return;
  }
  decision.actions.push(...written(located, disk.content, disk, { conflicts: [] }));
}

function stayDeleted(decision: Decision, path: string, recorded: RecordedFile | undefined): void {
  if (recorded === undefined || recorded.kind === "yours") return;
  const seen = recorded.deleted === true;
  decision.actions.push({ kind: "keep", path, reason: "deleted" });
  decision.notes.push(findings.deletedNote(path, seen));
  // With the old base it counts as untouched if it comes back from version control.
  const entry = withWhereabouts(recorded, { deleted: true });
  decision.states.set(path, { kind: "as before", entry });
}

/** A recorded path that nothing renders to any more: ours goes, the user's stays. */
function retire(
  decision: Decision,
  path: string,
  recorded: RecordedFile,
  disk: DiskEntry | undefined,
): void {
  if (disk === undefined) return;
  // A migration that was applied somewhere is history, whoever wrote it.
  const migration = path.startsWith("migrations/");
  if (!migration && disk.kind === "file" && isLastOutput(recorded, disk.content)) {
    decision.actions.push({ kind: "remove", path, before: disk });
    return;
  }
  const yours = recorded.kind === "yours" || migration;
  decision.actions.push({ kind: "keep", path, reason: yours ? "yours" : "hand-changed" });
  decision.notes.push(
    migration
      ? findings.keptMigrationNote(path)
      : yours
        ? findings.keptYoursNote(path)
        : findings.keptHandChangedNote(path),
  );
}

function plannedContent(file: VirtualFile): Content {
  return typeof file.content === "string" ? file.content : contentOf(file.content);
}
