import { normaliseText } from "./content.ts";
import { diffLines, type Edit } from "./diff.ts";

/** Lines that two sides want in different ways; numbers of lines in the merged text, from 1. */
export interface Conflict {
  /** Line of the opening marker. */
  readonly from: number;
  /** Line of the closing marker. */
  readonly to: number;
}

/** Both changes in one text (normalised); markers where they touch. */
export interface Merged {
  readonly text: string;
  readonly conflicts: readonly Conflict[];
}

export const openMarker = "<<<<<<< yours";
export const middleMarker = "=======";
export const closeMarker = ">>>>>>> generated";

// Far above any file that is rendered; the search for a shortest edit grows with lines × changes.
const maxLines = 200_000;

/**
 * Three-way merge by lines, as git does it: changes with an unchanged line between them are both
 * taken, changes that touch conflict, unless both only
 * add lines and one adds all that the other does. The texts are
 * normalised first, so the result is in the generator's form.
 *
 * @param base    what was generated last
 * @param yours   what is on disk
 * @param planned what is generated now
 */
export function merge(base: string, yours: string, planned: string): Merged {
  const [a, b, c] = [linesOf(base), linesOf(yours), linesOf(planned)];
  const out = new Merging();
  if (a.length + b.length + c.length > maxLines) out.conflict(b, c);
  else mergeLines(a, b, c, out);
  return out.merged();
}

const linesOf = (text: string): string[] => {
  const lf = normaliseText(text);
  return lf === "" ? [] : lf.slice(0, -1).split("\n");
};

/** Changes of both sides that touch or overlap, and the lines of the base that they span. */
interface Cluster {
  start: number;
  end: number;
  readonly yours: Edit[];
  readonly planned: Edit[];
}

function mergeLines(
  base: readonly string[],
  yours: readonly string[],
  planned: readonly string[],
  out: Merging,
): void {
  let at = 0;
  for (const cluster of clusters(diffLines(base, yours), diffLines(base, planned))) {
    out.take(base.slice(at, cluster.start));
    at = cluster.end;
    const mine = sideOf(cluster, cluster.yours, base, yours);
    const ours = sideOf(cluster, cluster.planned, base, planned);
    if (cluster.planned.length === 0) out.take(mine);
    else if (cluster.yours.length === 0) out.take(ours);
    else settle(cluster, mine, ours, out);
  }
  out.take(base.slice(at));
}

function clusters(yours: readonly Edit[], planned: readonly Edit[]): Cluster[] {
  const edits = [
    ...yours.map((edit) => ({ edit, side: "yours" as const })),
    ...planned.map((edit) => ({ edit, side: "planned" as const })),
  ].toSorted((a, b) => a.edit.aStart - b.edit.aStart || a.edit.aEnd - b.edit.aEnd);
  const found: Cluster[] = [];
  for (const { edit, side } of edits) {
    let cluster = found.at(-1);
    if (cluster === undefined || edit.aStart > cluster.end) {
      cluster = { start: edit.aStart, end: edit.aEnd, yours: [], planned: [] };
      found.push(cluster);
    }
    cluster.end = Math.max(cluster.end, edit.aEnd);
    cluster[side].push(edit);
  }
  return found;
}

/** What a side makes of the lines of the base that a cluster spans. */
function sideOf(
  { start, end }: Cluster,
  edits: readonly Edit[],
  base: readonly string[],
  side: readonly string[],
): string[] {
  const lines: string[] = [];
  let at = start;
  for (const edit of edits) {
    lines.push(...base.slice(at, edit.aStart), ...side.slice(edit.bStart, edit.bEnd));
    at = edit.aEnd;
  }
  return [...lines, ...base.slice(at, end)];
}

/** Both sides changed a place: alike, one with all of the other's lines, or in conflict. */
function settle(cluster: Cluster, mine: string[], ours: string[], out: Merging): void {
  const edits = diffLines(mine, ours);
  if (onlyAdds(cluster)) {
    if (edits.every(({ bStart, bEnd }) => bStart === bEnd)) return out.take(mine);
    if (edits.every(({ aStart, aEnd }) => aStart === aEnd)) return out.take(ours);
  }
  let at = 0;
  for (const { aStart, aEnd, bStart, bEnd } of edits) {
    out.take(mine.slice(at, aStart));
    out.conflict(mine.slice(aStart, aEnd), ours.slice(bStart, bEnd));
    at = aEnd;
  }
  out.take(mine.slice(at));
}

/** Whether neither side took a line away: then the one with all of the other's lines loses nothing. */
const onlyAdds = ({ start, end }: Cluster): boolean => start === end;

class Merging {
  readonly #lines: string[] = [];
  readonly #conflicts: Conflict[] = [];

  take(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
  }

  conflict(yours: readonly string[], planned: readonly string[]): void {
    const from = this.#lines.length + 1;
    this.take([openMarker, ...yours, middleMarker, ...planned, closeMarker]);
    this.#conflicts.push({ from, to: this.#lines.length });
  }

  merged(): Merged {
    const text = this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
    return { text, conflicts: this.#conflicts };
  }
}
