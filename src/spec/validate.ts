import type { z } from "zod";
import type { Path, Problem } from "./issues.ts";
import { asMeant, type Meant } from "./meant-words.ts";
import { prunedSpec } from "./pruned-spec.ts";
import { rules } from "./rules/index.ts";
import { contextOf, type Context } from "./rules/context.ts";
import { specSchema, type Spec } from "./schema.ts";
import { inOtherStyle, misspeltKey, shapeProblems } from "./shape-problems.ts";
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
  const shape = shapeProblems(result.error.issues, tree);
  const meant = asMeant(tree);
  const problems =
    meant === undefined
      ? problemsOf(tree, result.error.issues, engines)
      : meantProblems(meant, engines);
  const { form, rest } = at(problems, meant?.written);
  const all = told([...shape, ...form]);
  const reported = new Set(all.map(({ path }) => JSON.stringify(path)));
  return {
    problems: [...all, ...rest.filter(({ path }) => !reported.has(JSON.stringify(path)))],
  };
}

/** Problems of a spec that was read as it was probably meant, and the words that were not read as they are. */
function meantProblems(meant: Meant, engines: readonly string[] | undefined): Problems {
  const issues = specSchema.safeParse(meant.tree).error?.issues ?? [];
  const { form, rest } = problemsOf(meant.tree, issues, engines);
  const keys = meant.misspelt.map(([key, path]) => misspeltKey(key, path, meant.tree));
  const names = meant.misnamed.map(([name, path, found]) => inOtherStyle(name, path, found));
  return { form: [...keys, ...names, ...form], rest };
}

interface Problems {
  readonly form: readonly Problem[];
  readonly rest: readonly Problem[];
}

/** Problems of the form, and what the rules say of what is left without them. */
function problemsOf(
  tree: Tree,
  issues: readonly z.core.$ZodIssue[],
  engines: readonly string[] | undefined,
): Problems {
  const spec = prunedSpec(tree, issues);
  return {
    form: shapeProblems(issues, tree),
    rest: spec === undefined ? [] : judged(contextOf(spec, tree, false, engines)),
  };
}

/** The same at the places where they are written. */
const at = ({ form, rest }: Problems, written: (path: Path) => Path = (path) => path): Problems => {
  const placed = (problem: Problem): Problem => ({ ...problem, path: written(problem.path) });
  return { form: form.map(placed), rest: rest.map(placed) };
};

/** Each once: a problem of the form shows in both readings of the tree. */
const told = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((each) => [JSON.stringify([each.path, each.message]), each])).values(),
];

const judged = (context: Context): readonly Problem[] => rules.flatMap((rule) => rule(context));
