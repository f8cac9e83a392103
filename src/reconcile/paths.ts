import { Buffer } from "node:buffer";

/** The folder in the user's package that belongs to this tool; no rendered file may lie in it. */
export const toolFolder = ".async-db-starter";

const reservedFolders = new Set([".git", "git~1", toolFolder]);
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/;
// What nearly every path looks like; it needs no further look.
const plainPath = /^[a-z0-9_-]+(?:[./][a-z0-9_-]+)*$/i;
const plainDeviceName = /(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$)/i;
// NTFS refuses these; a colon would also name an alternate data stream or a drive.
const forbiddenCharacter = /[\p{Cc}<>:"|?*\\]/u;
// HFS+ and some editors drop these, so ".g\u200cit" may be ".git" there.
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

/**
 * Why a path may not be used as an output path, or undefined when it may.
 *
 * Accepted are relative POSIX paths that mean the same file on Linux, macOS and Windows and stay
 * below the output package. Windows rules: Microsoft, "Naming Files, Paths, and Namespaces".
 */
export function pathProblem(path: string): string | undefined {
  if (path.length < 256 && plainPath.test(path) && !plainDeviceName.test(path)) return undefined;
  if (path === "") return "it is empty";
  if (Buffer.byteLength(path) > 1024) return "it is longer than 1024 bytes";
  if (!path.isWellFormed()) return "it holds half a surrogate pair";
  if (path.startsWith("/")) return "it is absolute";
  if (forbiddenCharacter.test(path)) return "it holds a character that not every system allows";
  if (invisible.test(path)) return "it holds an invisible character";
  for (const segment of path.split("/")) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "it has an empty segment";
  if (segment === "." || segment === "..") return `it has the segment "${segment}"`;
  if (segment.endsWith(".") || segment.endsWith(" ")) return "a segment ends in a dot or a space";
  if (Buffer.byteLength(segment) > 255) return "a segment is longer than 255 bytes";
  const folded = foldPath(segment);
  if (reservedFolders.has(folded)) return `"${segment}" is not ours to write in`;
  if (deviceName.test(folded)) return `"${segment}" is a device name on Windows`;
  return undefined;
}

/** The same value for every path that a case-insensitive or normalising file system takes as one. */
export function foldPath(path: string): string {
  if (/^[\x20-\x7e]*$/.test(path)) return path.toLowerCase();
  return path.normalize("NFC").toUpperCase().toLowerCase();
}

/** The folders above a path, outermost first: "a/b/c" gives "a", "a/b". */
export function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    parents.push(path.slice(0, at));
  }
  return parents;
}

/** The folder of a path, "" for one at the root. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at === -1 ? "" : path.slice(0, at);
}

/** Paths that cannot all exist: equal after {@link foldPath}, or one is a folder of another. */
export function collisions(paths: readonly string[]): readonly (readonly [string, string])[] {
  const files = new Map<string, string>();
  const found: [string, string][] = [];
  for (const path of paths) {
    const folded = foldPath(path);
    const other = files.get(folded);
    if (other === undefined) files.set(folded, path);
    else found.push([other, path]);
  }
  for (const folder of new Set(paths.flatMap(parentsOf))) {
    const file = files.get(foldPath(folder));
    if (file !== undefined) found.push([file, `${folder}/`]);
  }
  return found;
}
