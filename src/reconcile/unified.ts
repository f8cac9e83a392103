import { type Content, normalise, sameContent } from "./content.ts";
import { diffLines, type Edit } from "./diff.ts";
import type { TextChange } from "./write-plan.ts";

const contextLines = 3;

/**
 * A change as unified diff with the header lines that git and patch understand; "" when only line
 * ends, byte order mark or final newline differ.
 */
export function unifiedDiff({ path, before, after }: TextChange): string {
  const [a, b] = [normalised(before), normalised(after)];
  if (before !== undefined && after !== undefined && sameContent(a, b)) return "";
  const from = before === undefined ? "/dev/null" : `a/${path}`;
  const to = after === undefined ? "/dev/null" : `b/${path}`;
  if (typeof a !== "string" || typeof b !== "string")
    return `Binary files ${from} and ${to} differ\n`;
  const [aLines, bLines] = [linesOf(a), linesOf(b)];
  const hunks = groups(diffLines(aLines, bLines)).map((edits) => hunk(edits, aLines, bLines));
  return `--- ${from}\n+++ ${to}\n${hunks.join("")}`;
}

function normalised(content: Content | undefined): Content {
  return content === undefined ? "" : normalise(content);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.slice(0, -1).split("\n");
}

/** Edits whose context would touch go into one hunk. */
function groups(edits: readonly Edit[]): Edit[][] {
  const found: Edit[][] = [];
  for (const edit of edits) {
    const group = found.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || edit.aStart - last.aEnd > 2 * contextLines) {
      found.push([edit]);
    } else group.push(edit);
  }
  return found;
}

function hunk(edits: readonly Edit[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [edits[0], edits.at(-1)];
  if (first === undefined || last === undefined) return "";
  const lead = Math.min(contextLines, first.aStart);
  const trail = Math.min(contextLines, a.length - last.aEnd);
  const lines: string[] = [];
  let at = first.aStart - lead;
  for (const edit of edits) {
    lines.push(...a.slice(at, edit.aStart).map((line) => ` ${line}\n`));
    lines.push(...a.slice(edit.aStart, edit.aEnd).map((line) => `-${line}\n`));
    lines.push(...b.slice(edit.bStart, edit.bEnd).map((line) => `+${line}\n`));
    at = edit.aEnd;
  }
  lines.push(...a.slice(at, last.aEnd + trail).map((line) => ` ${line}\n`));
  const from = range(first.aStart - lead, last.aEnd + trail);
  const to = range(first.bStart - lead, last.bEnd + trail);
  return `@@ -${from} +${to} @@\n${lines.join("")}`;
}

/** Lines start at 1; an empty range names the line before it. */
function range(start: number, end: number): string {
  const count = end - start;
  return count === 1 ? `${start + 1}` : `${count === 0 ? start : start + 1},${count}`;
}
