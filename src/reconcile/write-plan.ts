import type { Content } from "./content.ts";
import type { Conflict } from "./merge.ts";
import type { DiskEntry, FileStamp } from "./tree-state.ts";

/** A file as it lay on disk when the plan was made; `apply` refuses when it has changed since. */
export type DiskFile = Extract<DiskEntry, { kind: "file" }>;

/** Set where a content holds a change of the user's; the places where it touches ours. */
export interface HoldsEdit {
  readonly conflicts?: readonly Conflict[];
}

/** A change of one file on disk. Contents are exactly the bytes to write. */
export type FileChange =
  | ({
      readonly kind: "create";
      readonly path: string;
      readonly content: Content;
      readonly executable: boolean;
      /** The file that it takes the place of, and whose mode it gets; removed in the same run. */
      readonly from?: DiskFile;
    } & HoldsEdit)
  | ({
      readonly kind: "rewrite";
      readonly path: string;
      readonly content: Content;
      readonly before: DiskFile;
    } & HoldsEdit)
  | {
      readonly kind: "remove";
      readonly path: string;
      readonly before: DiskFile;
      /** Its content goes on under another path: removed only when that is in place. */
      readonly last?: true;
    };

/** What happens at one path: a change, or the reason why there is none. */
export type Action =
  | FileChange
  /** On disk before it was ours, and equal to what we would write: from now on ours. */
  | { readonly kind: "adopt"; readonly path: string }
  | {
      readonly kind: "keep";
      readonly path: string;
      readonly reason: "unchanged" | "yours" | "deleted" | "hand-changed";
    };

/** A place in a file that waits for its user. */
export interface FileConflict extends Conflict {
  readonly path: string;
}

/** Two texts of one path; undefined where there is no file. */
export interface TextChange {
  readonly path: string;
  readonly before: Content | undefined;
  readonly after: Content | undefined;
}

/** A reason to write nothing at all (exit 1). */
export interface Finding {
  readonly kind:
    | "unresolved"
    | "unmergeable"
    | "unlisted"
    | "unsafe-path"
    | "collision"
    | "blocked-path"
    | "damaged-record"
    | "crossed-branches"
    | "interrupted";
  readonly path: string;
  /** What is wrong, starting with the path. */
  readonly message: string;
  /** What the user can do about it. */
  readonly mend: string;
  /** From what is on disk to what would be generated, where both are known. */
  readonly change?: TextChange;
}

/** Something the user should know that stops nothing. */
export interface Note {
  readonly kind:
    | "deleted"
    | "hand-changed"
    | "merged"
    | "moved"
    | "kept-hand-changed"
    | "kept-yours"
    | "kept-migration"
    | "already-there"
    | "not-restored";
  readonly path: string;
  readonly message: string;
}

/** A path that the unchanged shortcut watches. */
export interface WatchedPath {
  readonly path: string;
  /** As `scan` saw it; undefined when nothing was there, or when the plan changes it. */
  readonly stamp: Omit<FileStamp, "mode"> | undefined;
}

/** What `apply` does to the tree: all of it, or nothing when there is a finding. */
export interface WritePlan {
  /** Sorted by path. */
  readonly actions: readonly Action[];
  /** The tool's own committed files; written after all others. */
  readonly records: readonly FileChange[];
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  /** Every path whose state the decision rests on, for the unchanged shortcut. */
  readonly watched: readonly WatchedPath[];
}

/** The actions that change the disk. */
export function changesOf(actions: readonly Action[]): FileChange[] {
  return actions.filter((action) => action.kind !== "adopt" && action.kind !== "keep");
}

/** The places of a plan where a change of the user's touches ours; the file will hold markers there. */
export function conflictsOf(actions: readonly Action[]): FileConflict[] {
  return changesOf(actions).flatMap((change) =>
    change.kind === "remove"
      ? []
      : (change.conflicts ?? []).map((conflict) => ({ path: change.path, ...conflict })),
  );
}

/** Whether tree and plan differ: what `check` reports as drift. */
export function hasDrift(plan: WritePlan): boolean {
  return plan.findings.length > 0 || plan.records.length > 0 || changesOf(plan.actions).length > 0;
}
