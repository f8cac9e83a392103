import type { Problem } from "./issues.ts";
import { withMeantKinds } from "./meant-kinds.ts";
import { prunedSpec } from "./pruned-spec.ts";
import { rules } from "./rules/index.ts";
import { contextOf, type Context } from "./rules/context.ts";
import { specSchema, type Spec } from "./schema.ts";
import { shapeProblems } from "./shape-problems.ts";
import type { Tree } from "./tree.ts";

export interface Validation {
  /** Absent when the form is wrong. */
  readonly spec?: Spec;
  /** The entities with their implied fields, which the rules needed already. */
  readonly entities?: Context["entities"];
  readonly problems: readonly Problem[];
}

/** Form (zod) and meaning (rules), all problems at once: where the form is wrong, the rules judge what is left. */
export function validate(tree: Tree, engines?: readonly string[]): Validation {
  const result = specSchema.safeParse(tree);
  if (result.success) {
    const context = contextOf(result.data, tree, true, engines);
    return { spec: result.data, entities: context.entities, problems: judged(context) };
  }
  const meant = withMeantKinds(tree);
  const further = meant === tree ? result : specSchema.safeParse(meant);
  const issues = further.error?.issues ?? [];
  const shape = [
    ...shapeProblems(result.error.issues, tree),
    ...(meant === tree ? [] : shapeProblems(issues, meant)),
  ];
  const rest = prunedSpec(meant, issues);
  const reported = new Set(shape.map(({ path }) => JSON.stringify(path)));
  const more = rest === undefined ? [] : judged(contextOf(rest, meant, false, engines));
  return {
    problems: [...told(shape), ...more.filter(({ path }) => !reported.has(JSON.stringify(path)))],
  };
}

/** Each once: a problem of the form shows in both readings of the tree. */
const told = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((each) => [JSON.stringify([each.path, each.message]), each])).values(),
];

const judged = (context: Context): readonly Problem[] => rules.flatMap((rule) => rule(context));
