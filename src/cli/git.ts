import { spawnSync } from "node:child_process";
import { posix } from "node:path";
import type { FileRead, SpecFiles } from "../spec/files.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** A commit, read only: nothing here writes, fetches, or runs a hook or filter of the repository. */
export interface Revision {
  /** As the user named it. */
  readonly name: string;
  /** Its full object name. */
  readonly commit: string;
  /** Files at that commit, by POSIX path from `folder`. */
  readonly files: SpecFiles;
}

/**
 * A revision of the repository that holds a folder.
 *
 * @param folder absolute path, the spec's folder
 * @throws Failure 2 for an unknown revision, 3 when git or the repository is missing
 */
export function revisionOf(folder: string, name: string): Revision {
  const prefix = git(folder, ["rev-parse", "--show-prefix"]);
  if (prefix === undefined) {
    throw new Failure(exitCode.environment, `${folder} is not in a git repository`, {
      hint: "to compare with a revision, run it in a clone of the project",
    });
  }
  const commit = name.startsWith("-") ? undefined : commitOf(folder, name);
  if (commit === undefined) {
    throw new Failure(exitCode.input, `there is no revision ${JSON.stringify(name)}`, {
      hint: "name a branch, a tag or a commit; a shallow clone needs: git fetch --unshallow",
    });
  }
  const root = prefix.toString("utf8").replace(/\n$/, "");
  return { name, commit, files: filesAt(folder, commit, root) };
}

/** Heads of what is being merged, picked or rebased into `HEAD`. */
const incoming = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD"] as const;

/**
 * The commits that were merged into what lies in a folder: those of a merge under way, else the parents of a commit that is one. None
 * outside of a repository, without git, or where nothing was merged last.
 */
export function mergedRevisions(folder: string): readonly Revision[] {
  try {
    const under = incoming.find((name) => commitOf(folder, name) !== undefined);
    const names = under === undefined ? ["HEAD^1", "HEAD^2"] : ["HEAD", under];
    return names.every((name) => commitOf(folder, name) !== undefined)
      ? names.map((name) => revisionOf(folder, name))
      : [];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

const commitOf = (folder: string, name: string): string | undefined =>
  git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])
    ?.toString("utf8")
    .trim();

/** The files below one folder of a commit. */
function filesAt(folder: string, commit: string, root: string): SpecFiles {
  const entry = (path: string): Entry | undefined => entryAt(folder, commit, path);
  const read = (path: string, maxBytes: number, anywhere: boolean): FileRead => {
    const found = followed(posix.join(root, path), entry);
    if (found === undefined) return { failure: "missing" };
    const inside = anywhere || found.path.startsWith(root);
    if (!inside) return { failure: "outside" };
    if (found.type !== "blob") return { failure: "not-a-file" };
    if (found.size > maxBytes) return { failure: "too-large" };
    const bytes = git(folder, ["cat-file", "blob", found.object]);
    return bytes === undefined ? { failure: "unreadable" } : { bytes };
  };
  return {
    readSpec: (name, maxBytes) => read(name, maxBytes, true),
    read: (path, maxBytes) =>
      leavesFolder(path) ? { failure: "outside" } : read(path, maxBytes, false),
    list: (path) => (leavesFolder(path) ? [] : namesAt(folder, commit, posix.join(root, path))),
  };
}

const leavesFolder = (path: string): boolean => {
  const normal = posix.normalize(path);
  return normal === ".." || normal.startsWith("../") || normal.startsWith("/");
};

interface Entry {
  readonly path: string;
  readonly type: "blob" | "link" | "other";
  readonly object: string;
  readonly size: number;
  /** Where a symlink leads, as a path of the repository. */
  readonly target?: string;
}

const maxLinks = 8;

/** The entry that a path leads to, through symlinks of the same repository. */
function followed(path: string, entry: (path: string) => Entry | undefined): Entry | undefined {
  let found = entry(path);
  for (let links = 0; found?.target !== undefined && links < maxLinks; links += 1)
    found = leavesFolder(found.target) ? undefined : entry(found.target);
  return found;
}

function entryAt(folder: string, commit: string, path: string): Entry | undefined {
  const listed = git(folder, ["ls-tree", "-z", "-l", "--full-tree", commit, "--", path]);
  const [first = ""] = (listed?.toString("utf8") ?? "").split("\0");
  const match = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(first);
  if (match === null) return undefined;
  const [, mode, kind, object = "", size, name = ""] = match;
  const base = { path: name, object, size: size === "-" ? 0 : Number(size) };
  if (mode === "120000") {
    const target = git(folder, ["cat-file", "blob", object])?.toString("utf8") ?? "";
    return { ...base, type: "link", target: posix.join(posix.dirname(name), target) };
  }
  return { ...base, type: kind === "blob" ? "blob" : "other" };
}

function namesAt(folder: string, commit: string, path: string): readonly string[] {
  const place = path === "." || path === "" ? [] : [`${path.replace(/\/$/, "")}/`];
  const listed = git(folder, [
    "ls-tree",
    "-z",
    "--name-only",
    "--full-tree",
    commit,
    "--",
    ...place,
  ]);
  return (listed?.toString("utf8") ?? "")
    .split("\0")
    .filter((name) => name !== "")
    .map((name) => posix.basename(name));
}

const maxAnswer = 64 * 1024 * 1024;

/** What git answers; undefined when it refuses. @throws Failure 3 when there is no git */
function git(folder: string, args: readonly string[]): Buffer | undefined {
  const { status, stdout, error } = spawnSync(
    "git",
    ["--no-pager", "--literal-pathspecs", ...args],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: maxAnswer,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    },
  );
  if (error !== undefined && "code" in error && error.code === "ENOENT") {
    throw new Failure(exitCode.environment, "git cannot be started", {
      hint: "install it (git-scm.com), or put it on the PATH",
    });
  }
  return status === 0 ? stdout : undefined;
}
