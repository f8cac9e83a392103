import { toolFolder } from "./paths.ts";
import { unifiedDiff } from "./unified.ts";
import { changesOf, type FileChange, type TextChange, type WritePlan } from "./write-plan.ts";

/**
 * What a plan would change, and what its findings stand against, as one unified diff in the order
 * of the paths; "" when tree and plan agree. Records repeat what the files say, so they are shown
 * only where no file differs.
 */
export function renderDiff(plan: WritePlan): string {
  const files = [
    ...changesOf(plan.actions).map(textChange),
    ...plan.findings.flatMap((finding) => (finding.change === undefined ? [] : [finding.change])),
  ];
  const shown = files.length > 0 ? files : plan.records.filter(isRecord).map(textChange);
  return shown
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(unifiedDiff)
    .join("");
}

function isRecord(change: FileChange): boolean {
  return change.path.startsWith(`${toolFolder}/`) && change.path.endsWith(".json");
}

function textChange(change: FileChange): TextChange {
  return {
    path: change.path,
    before: change.kind === "create" ? undefined : change.before.content,
    after: change.kind === "remove" ? undefined : change.content,
  };
}
