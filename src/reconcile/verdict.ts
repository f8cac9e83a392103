import type { Ownership } from "../render/virtual-file.ts";
import { type Content, hashOf, normalise, sameContent } from "./content.ts";
import type { RecordedFile } from "./record.ts";
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
}

/** What follows for one path. */
export type Verdict =
  | { readonly kind: "create" | "unchanged" | "adopt" | "deleted" | "yours" | "existing-yours" }
  | { readonly kind: "rewrite" | "hand-changed" | "unlisted"; readonly disk: DiskFile }
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
  return { kind: isLastOutput(recorded, disk.content) ? "rewrite" : "hand-changed", disk };
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
      return found === recorded.base;
    case "hashed":
      return hashOf(found) === recorded.hash;
    case "yours":
      return false;
  }
}
