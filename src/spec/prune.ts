import type { Path } from "./issues.ts";
import { treeAt, type Tree, type TreeMap } from "./tree.ts";

/** The tree without what the paths lead to, so that the rules can judge the rest of a spec that has errors of form. */
export function pruned(tree: Tree, paths: readonly Path[]): Tree {
  const copy = copied(tree);
  // Longest first and last entries first, so that a removal never moves what another path means.
  const order = [...paths].sort((a, b) => b.length - a.length || compare(b, a));
  for (const path of order) remove(copy, path);
  return copy;
}

function compare(a: Path, b: Path): number {
  for (const [at, step] of a.entries()) {
    const other = b[at];
    if (step === other || other === undefined) continue;
    if (typeof step === "number" && typeof other === "number") return step - other;
    return String(step) < String(other) ? -1 : 1;
  }
  return 0;
}

type Mutable = Tree[] | { [key: string]: Tree };

/** A copy that may be changed, of which no part stands in two places. */
export function copied(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(copied);
  if (typeof tree !== "object" || tree === null) return tree;
  const copy: { [key: string]: Tree } = Object.create(null);
  for (const [key, child] of Object.entries(tree as TreeMap)) copy[key] = copied(child);
  return copy;
}

function remove(tree: Tree, path: Path): void {
  const last = path.at(-1);
  const parent = treeAt(tree, path.slice(0, -1)) as Mutable | undefined;
  if (last === undefined || typeof parent !== "object" || parent === null) return;
  if (Array.isArray(parent)) {
    if (typeof last === "number" && last < parent.length) parent.splice(last, 1);
  } else delete parent[last];
}
