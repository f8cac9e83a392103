import { posix } from "node:path";
import type { SpecFiles } from "./files.ts";
import { choice, quoted } from "./shown-text.ts";

/** `include:` patterns: relative to the spec, `*` within the last segment, never out of its folder. */

export type Included =
  | { readonly paths: readonly string[] }
  | { readonly message: string; readonly hint: string };

const endings = [".yaml", ".yml", ".json"];

/** Files that a pattern names, in the order of their names. */
export function included(pattern: string, files: SpecFiles): Included {
  const problem = patternProblem(pattern);
  if (problem !== undefined) return problem;
  const path = posix.normalize(pattern.replace(/^\.\//, ""));
  if (!path.includes("*")) return { paths: [path] };
  const folder = posix.dirname(path);
  const matches = nameMatcher(posix.basename(path));
  const paths = files
    .list(folder)
    .filter((name) => matches(name) && endings.includes(posix.extname(name)))
    .toSorted()
    .map((name) => posix.join(folder, name));
  if (paths.length > 0) return { paths };
  return {
    message: `include ${quoted(pattern)} matches no file`,
    hint: "mend the pattern, or remove it",
  };
}

function patternProblem(
  pattern: string,
): { readonly message: string; readonly hint: string } | undefined {
  const shownAs = `include ${quoted(pattern)}`;
  const segments = pattern.split("/");
  if (pattern.startsWith("/") || pattern.includes("\\") || /^[A-Za-z]:/.test(pattern)) {
    return {
      message: `${shownAs} is not a relative path`,
      hint: "write a path below the spec's folder with forward slashes",
    };
  }
  if (segments.includes("..")) {
    return { message: `${shownAs} leads out of the spec's folder`, hint: "move the file below it" };
  }
  if (segments.slice(0, -1).some((segment) => segment.includes("*")) || pattern.includes("**")) {
    return {
      message: `${shownAs} has a * in a folder`,
      hint: "use * in the file's name only; list each folder",
    };
  }
  if (/[?[\]{}]/.test(pattern))
    return { message: `${shownAs} has a wildcard other than *`, hint: "use * only" };
  if (!endings.some((ending) => pattern.endsWith(ending))) {
    return { message: `${shownAs} is neither YAML nor JSON`, hint: `end it in ${choice(endings)}` };
  }
  return undefined;
}

/** `*` stands for any text; matched piece by piece, without a regular expression made from the spec. */
function nameMatcher(pattern: string): (name: string) => boolean {
  const pieces = pattern.split("*");
  const [first, last] = [pieces[0] ?? "", pieces.at(-1) ?? ""];
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
      return false;
    let at = first.length;
    for (const piece of pieces.slice(1, -1)) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= name.length - last.length;
  };
}
