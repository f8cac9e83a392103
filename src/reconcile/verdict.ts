import type { Ownership } from "../render/virtual-file.ts";
import { align } from "./align.ts";
import { type Content, hashOf, normalise, normaliseText, sameContent } from "./content.ts";
import { gitSides } from "./git-conflict.ts";
import { markerLines } from "./markers.ts";
import { type Conflict, merge } from "./merge.ts";
import { similarity } from "./moved.ts";
import type { RecordedFile, RecordedHash, RecordedText } from "./record.ts";
import type { Rewording } from "./renames.ts";
import type { DiskEntry } from "./tree-state.ts";
import type { DiskFile } from "./write-plan.ts";

/** One planned path from its three sides. */
export interface Sides {
  readonly ownership: Ownership;
  /** What the generator renders now. */
  readonly planned: Content;
  /** What it rendered last, undefined when it never did. */
  readonly recorded: RecordedFile | undefined;
  /** What is on disk, undefined when nothing is. */
  readonly disk: DiskEntry | undefined;
  /** Names that the spec changed since. */
  readonly rewordings: readonly Rewording[];
}

/** What follows for one path. */
export type Verdict =
  | { readonly kind: "create" | "unchanged" | "adopt" | "deleted" | "yours" | "existing-yours" }
  | { readonly kind: "rewrite" | "unlisted"; readonly disk: DiskFile }
  /** Changed by hand, and nothing new to put in. */
  | { readonly kind: "hand-changed"; readonly disk: DiskFile }
  /** Changed by hand and by the generator; `text` is normalised. */
  | {
      readonly kind: "merged";
      readonly disk: DiskFile;
      readonly text: string;
      readonly conflicts: readonly Conflict[];
    }
  /** Markers of a conflict are in the file. */
  | { readonly kind: "unresolved"; readonly disk: DiskFile; readonly lines: readonly number[] }
  /** Changed by hand and by the generator, and there is no base to merge against. */
  | { readonly kind: "unmergeable"; readonly disk: DiskFile }
  | { readonly kind: "blocked"; readonly disk: Extract<DiskEntry, { kind: "blocked" }> };

/** Decides one planned path. Line ends, byte order mark and final newline never make a difference. */
export function judge(sides: Sides): Verdict {
  const { ownership, planned, disk } = sides;
  if (disk?.kind === "blocked") return { kind: "blocked", disk };
  if (ownership === "yours") return judgeYours(sides, disk);
  // A file that was the user's and is now ours is met like any file that we never wrote.
  const recorded = sides.recorded?.kind === "yours" ? undefined : sides.recorded;
  if (disk === undefined) return { kind: recorded === undefined ? "create" : "deleted" };
  if (sameContent(normalise(disk.content), normalise(planned))) {
    return { kind: recorded === undefined ? "adopt" : "unchanged" };
  }
  if (recorded === undefined) return { kind: "unlisted", disk };
  if (isLastOutput(recorded, disk.content)) return { kind: "rewrite", disk };
  return judgeChanged(recorded, disk, planned, sides.rewordings);
}

/** A file that is neither what was generated last nor what would be now. */
function judgeChanged(
  recorded: RecordedText | RecordedHash,
  disk: DiskFile,
  planned: Content,
  rewordings: readonly Rewording[],
): Verdict {
  const { content } = disk;
  if (recorded.kind === "text" && typeof content === "string") {
    const lines = markerLines(content, recorded.base);
    if (lines.length > 0) {
      return isMergedOutput(recorded, content)
        ? { kind: "rewrite", disk }
        : { kind: "unresolved", disk, lines };
    }
  }
  const unmerged = recorded.kind === "text" && recorded.theirs !== undefined;
  if (!unmerged && isLastOutput(recorded, planned)) return { kind: "hand-changed", disk };
  if (recorded.kind !== "text" || typeof content !== "string" || typeof planned !== "string") {
    return { kind: "unmergeable", disk };
  }
  const [mine, ours] = [normaliseText(content), normaliseText(planned)];
  const { base, yours } = align(baseFor(recorded, mine), mine, ours, rewordings);
  const { text, conflicts } = merge(base, yours, ours);
  return text === mine ? { kind: "hand-changed", disk } : { kind: "merged", disk, text, conflicts };
}

/** Of the bases of two branches the one that the file is nearer to. */
function baseFor({ base, theirs }: RecordedText, mine: string): string {
  if (theirs === undefined) return base;
  return similarity(theirs, mine) > similarity(base, mine) ? theirs : base;
}

/** Whether a conflict of git's is one between two outputs of ours, which nobody has to resolve. */
function isMergedOutput(recorded: RecordedText, content: string): boolean {
  const sides = gitSides(content);
  return (
    sides !== undefined &&
    isLastOutput(recorded, sides.ours) &&
    isLastOutput(recorded, sides.theirs)
  );
}

function judgeYours(sides: Sides, disk: DiskFile | undefined): Verdict {
  if (sides.recorded !== undefined) return { kind: "yours" };
  if (disk === undefined) return { kind: "create" };
  const same = sameContent(normalise(disk.content), normalise(sides.planned));
  return { kind: same ? "adopt" : "existing-yours" };
}

/** Whether a content is what we wrote last, as far as it is ours at all. */
export function isLastOutput(recorded: RecordedFile, content: Content): boolean {
  const found = normalise(content);
  switch (recorded.kind) {
    case "text":
      return found === recorded.base || found === recorded.theirs;
    case "hashed":
      return hashOf(found) === recorded.hash;
    case "yours":
      return false;
  }
}
