import { type Content, hashOf, normalise } from "./content.ts";
import { folderOf } from "./paths.ts";
import type { RecordedHash, RecordedText } from "./record.ts";

/**
 * A recorded file that is not where it was.
 *
 * @property replacedBy what lies there now: then a likeness elsewhere is its new place only where this one names it, else a copy that was
 *   kept when the file was rewritten
 */
export type Missing = readonly [
  path: string,
  recorded: RecordedText | RecordedHash,
  replacedBy?: string,
];

/**
 * Which files the user moved or renamed: missing path → new path. A file is found again by equal
 * content, else by its name and half of its lines (an editor changes its imports), else by nine
 * tenths of them. Nothing is followed to two places.
 *
 * @param strays unlisted files of the data folder
 */
export function movedFiles(
  missing: readonly Missing[],
  strays: ReadonlyMap<string, Content>,
): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  const taken = new Set<string>();
  for (const likeness of [equal, alike]) {
    for (const [path, recorded, replacedBy] of missing) {
      if (moved.has(path)) continue;
      const found = best(strays, taken, (stray, content) =>
        replacedBy === undefined || namesFile(replacedBy, stray)
          ? likeness(path, recorded, stray, content)
          : 0,
      );
      if (found === undefined) continue;
      moved.set(path, found);
      taken.add(found);
    }
  }
  return moved;
}

/** Whether a module imports a file, or a text links to it. */
function namesFile(text: string, path: string): boolean {
  const name = nameOf(path);
  const stem = name.slice(name.startsWith("/") ? 1 : 0, name.lastIndexOf("."));
  const ends = ["", endOf(name), ".js", ".mjs"].flatMap((end) =>
    ['"', "'", ")"].map((quote) => `${stem}${end}${quote}`),
  );
  return ["/", '"', "'", "("].some((before) => ends.some((end) => text.includes(before + end)));
}

function best(
  strays: ReadonlyMap<string, Content>,
  taken: ReadonlySet<string>,
  likeness: (stray: string, content: Content) => number,
): string | undefined {
  let [found, most] = [undefined as string | undefined, 0];
  for (const [stray, content] of strays) {
    const how = taken.has(stray) ? 0 : likeness(stray, content);
    if (how > most) [found, most] = [stray, how];
  }
  return found;
}

/** 2 for the same content under the same name, 1 under another, 0 for other content. */
function equal(
  path: string,
  recorded: RecordedText | RecordedHash,
  stray: string,
  content: Content,
): number {
  const found = normalise(content);
  const same = recorded.kind === "text" ? found === recorded.base : hashOf(found) === recorded.hash;
  if (!same || found.length === 0) return 0;
  return nameOf(path) === nameOf(stray) ? 2 : 1;
}

/** The share of common lines, 0 where it is too small to be the same file. */
function alike(
  path: string,
  recorded: RecordedText | RecordedHash,
  stray: string,
  content: Content,
): number {
  if (recorded.kind !== "text" || typeof content !== "string") return 0;
  const [name, other] = [nameOf(path), nameOf(stray)];
  if (endOf(name) !== endOf(other)) return 0;
  const share = similarity(recorded.base, content);
  return share >= (name === other ? 0.5 : 0.9) ? share : 0;
}

const nameOf = (path: string): string => path.slice(folderOf(path).length);
const endOf = (name: string): string => name.slice(name.lastIndexOf("."));

/** The share of lines that two texts have in common, from 0 to 1; blank lines and indents aside. */
export function similarity(a: string, b: string): number {
  const [left, right] = [contentLines(a), contentLines(b)];
  const open = new Map<string, number>();
  for (const line of left) open.set(line, (open.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of right) {
    const count = open.get(line) ?? 0;
    if (count > 0) common += 1;
    open.set(line, count - 1);
  }
  // Of two or three lines nothing can be concluded.
  return Math.min(left.length, right.length) < 4 ? 0 : (2 * common) / (left.length + right.length);
}

/** What a line says, blank lines left out. */
export const contentLines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
