import type { VirtualFile } from "../render/virtual-file.ts";
import { type Content, contentOf, inShape, shapeOf } from "./content.ts";
import * as findings from "./findings.ts";
import { foldPath } from "./paths.ts";
import type { RecordedFile } from "./record.ts";
import type { DiskEntry, TreeState } from "./tree-state.ts";
import { isLastOutput, judge, type Verdict } from "./verdict.ts";
import type { Action, DiskFile, Finding, FileChange, Note } from "./write-plan.ts";

/** What was decided for the files, before the records that follow from it. */
export interface Decision {
  readonly actions: Action[];
  readonly findings: Finding[];
  readonly notes: Note[];
  /** Planned paths that the user deleted: their records stay as they are. */
  readonly deleted: Set<string>;
}

export function noDecision(found: Finding[]): Decision {
  return { actions: [], findings: found, notes: [], deleted: new Set() };
}

/** Decides every planned path and every recorded one that left the plan. */
export function decideFiles(files: readonly VirtualFile[], state: TreeState): Decision {
  const decision = noDecision([]);
  const recorded = recordedFiles(state);
  const planned = new Set(files.map((file) => file.path));
  const stale = [...recorded.keys()].filter((path) => !planned.has(path));
  const staleByFold = new Map(stale.map((path) => [foldPath(path), path]));
  const seams = seamsByUnit(files);
  for (const file of files) {
    const before = recorded.get(file.path) ?? respelled(file.path, staleByFold, recorded, state);
    const sides = {
      ownership: file.ownership,
      planned: plannedContent(file),
      recorded: before,
      disk: state.disk.get(file.path),
    };
    const verdict = judge(sides);
    const moved = before !== recorded.get(file.path);
    carryOut(decision, file, moved ? evenIfEqual(verdict, sides.disk) : verdict, seams);
  }
  for (const path of stale) retire(decision, path, recorded.get(path), state.disk.get(path));
  return decision;
}

/**
 * The record of a path that changed only in case. Where the file system ignores case, the file on
 * disk is the old one; where it does not, nothing is at the new path and the record is not asked.
 */
function respelled(
  path: string,
  staleByFold: ReadonlyMap<string, string>,
  recorded: ReadonlyMap<string, RecordedFile>,
  state: TreeState,
): RecordedFile | undefined {
  const old = state.disk.has(path) ? staleByFold.get(foldPath(path)) : undefined;
  return old === undefined ? undefined : recorded.get(old);
}

/** The old spelling is removed in the same run, so the new one has to be written in any case. */
function evenIfEqual(verdict: Verdict, disk: DiskEntry | undefined): Verdict {
  if (verdict.kind !== "unchanged" || disk?.kind !== "file") return verdict;
  return { kind: "rewrite", disk };
}

function carryOut(
  decision: Decision,
  file: VirtualFile,
  verdict: Verdict,
  seams: ReadonlyMap<string, string>,
): void {
  const { path } = file;
  const content = plannedContent(file);
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
      decision.actions.push(rewrite(path, content, verdict.disk));
      return;
    case "adopt":
      decision.actions.push({ kind: "adopt", path });
      return;
    case "unchanged":
    case "yours":
      decision.actions.push({ kind: "keep", path, reason: verdict.kind });
      return;
    case "existing-yours":
      decision.actions.push({ kind: "keep", path, reason: "yours" });
      decision.notes.push(findings.alreadyThereNote(path));
      return;
    case "deleted":
      decision.actions.push({ kind: "keep", path, reason: "deleted" });
      decision.notes.push(findings.deletedNote(path));
      decision.deleted.add(path);
      return;
    case "hand-changed":
      decision.findings.push(
        findings.handChanged(path, verdict.disk, content, seams.get(file.unit)),
      );
      return;
    case "unlisted":
      decision.findings.push(findings.unlisted(path, verdict.disk, content));
      return;
    case "blocked":
      decision.findings.push(findings.blocked(path, verdict.disk));
      return;
  }
}

function rewrite(path: string, content: Content, before: DiskFile): FileChange {
  const shaped =
    typeof content === "string" && typeof before.content === "string"
      ? inShape(content, shapeOf(before.content))
      : content;
  return { kind: "rewrite", path, content: shaped, before };
}

/** A recorded path that nothing renders to any more: ours goes, the user's stays. */
function retire(
  decision: Decision,
  path: string,
  recorded: RecordedFile | undefined,
  disk: DiskEntry | undefined,
): void {
  if (recorded === undefined || disk === undefined) return;
  if (disk.kind === "file" && isLastOutput(recorded, disk.content)) {
    decision.actions.push({ kind: "remove", path, before: disk });
    return;
  }
  const yours = recorded.kind === "yours";
  decision.actions.push({ kind: "keep", path, reason: yours ? "yours" : "hand-changed" });
  decision.notes.push(yours ? findings.keptYoursNote(path) : findings.keptHandChangedNote(path));
}

function recordedFiles(state: TreeState): Map<string, RecordedFile> {
  const recorded = new Map<string, RecordedFile>();
  for (const record of state.records.values()) {
    for (const [path, file] of record.files) recorded.set(path, file);
  }
  return recorded;
}

/** By unit: a file of the user's own, where a change can move to. */
function seamsByUnit(files: readonly VirtualFile[]): Map<string, string> {
  const yours = files.filter((file) => file.ownership === "yours" && file.path.endsWith(".ts"));
  return new Map(yours.map((file) => [file.unit, file.path]));
}

function plannedContent(file: VirtualFile): Content {
  return typeof file.content === "string" ? file.content : contentOf(file.content);
}
