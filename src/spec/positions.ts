import type { Path } from "./issues.ts";
import { sourceNodes, type SourceNode } from "./source-nodes.ts";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where things stand in one file. Made only when there is something to report. */
export interface Positions {
  /** The position of a path's key or value; of its nearest parent when the path does not exist. */
  of(path: Path, at: "key" | "value"): Position;
}

/** @param text a file that the parser has read already */
export function positionsIn(text: string): Positions {
  const root = sourceNodes(text);
  const lines = lineStarts(text);
  return { of: (path, at) => positionAt(lines, offsetOf(root, path, at)) };
}

function offsetOf(root: SourceNode | undefined, path: Path, at: "key" | "value"): number {
  let node = root;
  let offset = root?.start ?? 0;
  for (const [depth, step] of path.entries()) {
    const entry = node?.target === undefined ? node : node.target;
    const item = typeof step === "number" ? entry?.items?.[step] : undefined;
    const pair = item === undefined ? entry?.pairs?.get(String(step)) : undefined;
    if (item === undefined && pair === undefined) return offset;
    const wantsValue = item !== undefined || (depth === path.length - 1 && at === "value");
    node = item ?? pair?.value;
    // An empty value has a place, though nothing stands there: its key says more.
    offset = (wantsValue ? node?.start : undefined) ?? pair?.start ?? offset;
  }
  return offset;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function positionAt(starts: readonly number[], offset: number): Position {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
