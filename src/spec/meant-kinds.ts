import { nearest } from "./nearest.ts";
import { workloadKinds } from "./schema-workload.ts";
import { isMap, type Tree } from "./tree.ts";

/**
 * The tree with the kind that each workload of an unknown one was probably meant to have: what a workload may hold hangs on its kind, so
 * that otherwise one wrong letter would hide every other problem of it. The same tree when there is none.
 */
export function withMeantKinds(tree: Tree): Tree {
  if (!isMap(tree) || !isMap(tree["workloads"])) return tree;
  const meant = Object.entries(tree["workloads"]).flatMap(([name, workload]) => {
    const kind = isMap(workload) ? meantKind(workload["kind"]) : undefined;
    return kind === undefined ? [] : [[name, Object.assign(bare(), workload, { kind })] as const];
  });
  if (meant.length === 0) return tree;
  const workloads = Object.assign(bare(), tree["workloads"], Object.fromEntries(meant));
  return Object.assign(bare(), tree, { workloads });
}

const bare = (): Record<string, Tree> => Object.create(null);

const known: readonly string[] = workloadKinds;

const meantKind = (kind: Tree | undefined): string | undefined =>
  typeof kind !== "string" || known.includes(kind) ? undefined : nearest(kind, known);
