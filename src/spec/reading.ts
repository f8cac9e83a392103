import { posix } from "node:path";
import { bytePosition, decode } from "./bytes.ts";
import { nestingProblem } from "./depth-scan.ts";
import type { FileRead, SpecFiles } from "./files.ts";
import { conflictMarkers } from "./conflict-markers.ts";
import { included } from "./include.ts";
import type { Issue, Problem } from "./issues.ts";
import { jsonFault } from "./json-fault.ts";
import { maxSpecBytes } from "./limits.ts";
import type { SpecFile } from "./merge.ts";
import { parse, type SyntaxFault } from "./parse.ts";
import { quoted } from "./shown-text.ts";
import { syntaxFaults } from "./syntax-faults.ts";
import { inspect, isMap, type Tree } from "./tree.ts";

/** The files of one load: their texts for positions, their bytes for hashes, and what is wrong with each. */
export interface Reading {
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: readonly Uint8Array[];
  /** Names of the spec's files as messages give them, in the order they were read. */
  readonly names: readonly string[];
  readonly issues: readonly Issue[];
  readonly problems: readonly { readonly file: string; readonly problem: Problem }[];
  report(file: string, problem: Problem): void;
  spec(name: string): SpecFile | undefined;
  includes(root: SpecFile): readonly SpecFile[];
  /** A JSON or YAML file that the spec names, or why there is none. */
  linked(path: string): { readonly tree: Tree } | { readonly failure: string };
}

const failures = {
  missing: "does not exist",
  "too-large": `is larger than ${maxSpecBytes / 1024 / 1024} MiB with the files before it`,
  "not-a-file": "is a folder or a device",
  unreadable: "cannot be read",
  outside: "lies outside the spec's folder",
} as const;

const mends = {
  missing: "check the path, or start with `async-db-starter init`",
  "too-large": "split the system, or remove what is generated",
  "not-a-file": "name a YAML or JSON file",
  unreadable: "check its permissions",
  outside: "move it below the spec's folder; symlinks count where they lead",
} as const;

export function createReading(files: SpecFiles, shownAs: string): Reading {
  const texts = new Map<string, string>();
  const sources: Uint8Array[] = [];
  const names: string[] = [];
  const issues: Issue[] = [];
  const problems: { file: string; problem: Problem }[] = [];
  let bytesLeft = maxSpecBytes;
  const fail = (
    file: string,
    line: number,
    column: number,
    message: string,
    hint: string,
  ): undefined => {
    issues.push({ file, line, column, severity: "error", message, hint });
  };
  const report = (file: string, problem: Problem): void => void problems.push({ file, problem });

  const parsed = (file: string, read: FileRead): Tree | undefined => {
    names.push(file);
    if ("failure" in read)
      return fail(file, 1, 1, `the file ${failures[read.failure]}`, mends[read.failure]);
    bytesLeft -= read.bytes.length;
    sources.push(read.bytes);
    const decoded = decode(read.bytes);
    if ("what" in decoded) {
      const { line, column } = bytePosition(read.bytes, decoded.offset);
      return fail(
        file,
        line,
        column,
        `the file holds ${decoded.what}`,
        "save it as plain text in UTF-8",
      );
    }
    texts.set(file, decoded.text);
    const nesting = nestingProblem(read.bytes);
    if (nesting !== undefined) {
      const { line, column } = bytePosition(read.bytes, nesting.offset);
      return fail(file, line, column, nesting.message, "flatten the spec");
    }
    const result = parse(decoded.text);
    const faults =
      "fault" in result ? exactFaults(decoded.text, result.fault) : jsonFaults(file, decoded.text);
    for (const { line, column, message, hint } of faults) fail(file, line, column, message, hint);
    if ("fault" in result || faults.length > 0) return undefined;
    const { problems: found, usable } = inspect(result.tree, decoded.text.includes("&"));
    for (const problem of found) report(file, problem);
    return usable ? result.tree : undefined;
  };

  const spec = (name: string): SpecFile | undefined => {
    const tree = parsed(shownAs, files.readSpec(name, bytesLeft));
    return tree === undefined ? undefined : { name: shownAs, tree };
  };

  const includes = (root: SpecFile): readonly SpecFile[] => {
    const patterns = isMap(root.tree) ? root.tree["include"] : undefined;
    if (!Array.isArray(patterns)) return [];
    const seen = new Map<string, number>();
    const found: SpecFile[] = [];
    for (const [at, pattern] of patterns.entries()) {
      if (typeof pattern !== "string") continue;
      const complain = (message: string, hint: string): void =>
        report(shownAs, { path: ["include", at], at: "value", severity: "error", message, hint });
      const matched = included(pattern, files);
      if ("message" in matched) {
        complain(matched.message, matched.hint);
        continue;
      }
      for (const path of matched.paths) {
        if (seen.has(path)) {
          complain(`${quoted(path)} is included twice`, "include each file once");
          continue;
        }
        seen.set(path, at);
        const read = files.read(path, bytesLeft);
        if ("failure" in read) {
          complain(
            `the included file ${quoted(path)} ${failures[read.failure]}`,
            mends[read.failure],
          );
          continue;
        }
        const name = posix.join(posix.dirname(shownAs.replaceAll("\\", "/")), path);
        const tree = parsed(name, read);
        if (tree !== undefined) found.push({ name, tree });
      }
    }
    return found;
  };

  const linked = (path: string): { readonly tree: Tree } | { readonly failure: string } => {
    const read = files.read(path, bytesLeft);
    if ("failure" in read) return { failure: `${failures[read.failure]}` };
    const before = issues.length + problems.length;
    const tree = parsed(path, read);
    if (issues.length + problems.length > before) return { failure: "has problems of its own" };
    return tree === undefined ? { failure: "cannot be used" } : { tree };
  };

  return { texts, sources, names, issues, problems, report, spec, includes, linked };
}

/** All faults with their exact places; conflicts alone where there are some; or the fast parser's one when the text is too large or too deep for that. */
function exactFaults(text: string, fault: SyntaxFault): readonly SyntaxFault[] {
  const conflicts = conflictMarkers(text);
  if (conflicts.length > 0) return conflicts;
  const exact = syntaxFaults(text);
  return exact.length === 0 ? [fault] : exact;
}

const jsonFaults = (file: string, text: string): readonly SyntaxFault[] =>
  file.endsWith(".json") ? jsonFault(text) : [];
