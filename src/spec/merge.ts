import type { Path, Problem } from "./issues.ts";
import { quoted } from "./shown-text.ts";
import { isMap, type Tree, type TreeMap } from "./tree.ts";

/** A parsed file of the spec, under the name that messages give it. */
export interface SpecFile {
  readonly name: string;
  readonly tree: Tree;
}

/** One tree out of all files, and which file each part of it came from. */
export interface Merged {
  readonly tree: Tree;
  /** The file that holds a path. */
  fileOf(path: Path): string;
  /** Problems of the included files themselves, each with its file. */
  readonly problems: readonly { readonly file: string; readonly problem: Problem }[];
}

/** Maps whose entries may come from several files. */
const shared = ["entities", "workloads"];

export function merge(root: SpecFile, included: readonly SpecFile[]): Merged {
  if (included.length === 0 || !isMap(root.tree))
    return { tree: root.tree, fileOf: () => root.name, problems: [] };
  const tree: Record<string, Tree> = Object.assign(Object.create(null), root.tree);
  const origin = new Map<string, string>();
  const problems: { file: string; problem: Problem }[] = [];
  const claim = (path: Path, file: string): boolean => {
    const key = JSON.stringify(path);
    const first = origin.get(key);
    if (first === undefined) origin.set(key, file);
    else problems.push({ file, problem: duplicate(path, first) });
    return first === undefined;
  };
  for (const file of [root, ...included]) {
    if (!isMap(file.tree)) {
      problems.push({ file: file.name, problem: notMapping });
      continue;
    }
    for (const [key, value] of Object.entries(file.tree)) {
      if (shared.includes(key) && isMap(value)) {
        tree[key] = joined(file === root ? undefined : tree[key], value, (name) =>
          claim([key, name], file.name),
        );
        if (!origin.has(JSON.stringify([key]))) origin.set(JSON.stringify([key]), file.name);
      } else if (file !== root && key === "include")
        problems.push({ file: file.name, problem: nested });
      else if (file !== root && key === "version" && value === tree["version"]) continue;
      else if (claim([key], file.name)) tree[key] = value;
    }
  }
  const fileOf = (path: Path): string =>
    origin.get(JSON.stringify(path.slice(0, 2))) ??
    origin.get(JSON.stringify(path.slice(0, 1))) ??
    root.name;
  return { tree, fileOf, problems };
}

function joined(
  before: Tree | undefined,
  entries: TreeMap,
  claim: (name: string) => boolean,
): TreeMap {
  const map: Record<string, Tree> = Object.assign(Object.create(null), isMap(before) ? before : {});
  for (const [name, entry] of Object.entries(entries)) if (claim(name)) map[name] = entry;
  return map;
}

function duplicate(path: Path, first: string): Problem {
  const what =
    path.length === 1
      ? `${quoted(String(path[0]))}`
      : `${path[0] === "entities" ? "entity" : "workload"} ${quoted(String(path[1]))}`;
  return {
    path,
    at: "key",
    severity: "error",
    message: `${what} is declared in ${first} already`,
    hint: "keep it in one file",
  };
}

const notMapping: Problem = {
  path: [],
  at: "value",
  severity: "error",
  message: "an included file must be a mapping",
  hint: "start it with entities: or workloads:",
};

const nested: Problem = {
  path: ["include"],
  at: "key",
  severity: "error",
  message: "an included file cannot include others",
  hint: "list the files in the spec itself",
};
