import type { z } from "zod";
import type { Path } from "./issues.ts";
import { pruned } from "./prune.ts";
import { specSchema, type Spec } from "./schema.ts";
import { isMap, treeAt, type Tree } from "./tree.ts";

/** Rounds of removal: each takes at least one level off the deepest thing that is still wrong. */
const maxRounds = 12;

/** What is left of a spec once everything of a wrong form is taken away; undefined when that is nothing. */
export function prunedSpec(tree: Tree, issues: readonly z.core.$ZodIssue[]): Spec | undefined {
  if (!isMap(tree)) return undefined;
  let rest = withDefaults(tree);
  let wrong = issues;
  for (let round = 0; round < maxRounds; round += 1) {
    rest = withDefaults(
      pruned(
        rest,
        wrong.flatMap((issue) => targets(issue, rest)),
      ),
    );
    const result = specSchema.safeParse(rest);
    if (result.success) return result.data;
    wrong = result.error.issues;
  }
  return undefined;
}

/** The paths whose removal mends an issue: what is there and wrong, or what lacks a part. */
function targets(issue: z.core.$ZodIssue, tree: Tree): readonly Path[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...path, key]);
  return [treeAt(tree, path) === undefined ? path.slice(0, -1) : path];
}

/** The required parts of the whole spec, where they are missing or wrong. */
function withDefaults(tree: Tree): Tree {
  if (!isMap(tree)) return tree;
  const filled: Record<string, Tree> = Object.assign(Object.create(null), tree);
  filled["version"] = 1;
  if (
    typeof filled["project"] !== "string" ||
    !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(filled["project"])
  )
    filled["project"] = "project";
  if (!isMap(filled["entities"])) filled["entities"] = {};
  if (!isMap(filled["workloads"])) filled["workloads"] = {};
  return filled;
}
