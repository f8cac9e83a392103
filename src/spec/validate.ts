import type { Path, Problem } from "./issues.ts";
import { prunedSpec } from "./pruned-spec.ts";
import { rules } from "./rules/index.ts";
import { namesIn } from "./rules/declared.ts";
import { specSchema, type Spec } from "./schema.ts";
import { shapeProblems } from "./shape-problems.ts";
import type { Tree } from "./tree.ts";

export interface Validation {
  /** Absent when the form is wrong. */
  readonly spec?: Spec;
  readonly problems: readonly Problem[];
}

/** Form (zod) and meaning (rules), all problems at once: where the form is wrong, the rules judge what is left. */
export function validate(tree: Tree): Validation {
  const result = specSchema.safeParse(tree);
  const declared = namesIn(tree);
  if (result.success)
    return { spec: result.data, problems: rules.flatMap((rule) => rule(result.data, declared)) };
  const shape = shapeProblems(result.error.issues, tree);
  const rest = prunedSpec(tree, result.error.issues);
  const reported = new Set(shape.map(({ path }) => JSON.stringify(path)));
  const more = rest === undefined ? [] : rules.flatMap((rule) => rule(rest, declared));
  return { problems: [...shape, ...more.filter(({ path }) => !within(path, reported))] };
}

/** Whether a problem of form is reported for the path already. */
function within(path: Path, reported: ReadonlySet<string>): boolean {
  return reported.has(JSON.stringify(path));
}
