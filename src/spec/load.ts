import { basename, dirname } from "node:path";
import { filesIn, type SpecFiles } from "./files.ts";
import { type Issue, issueText, type Problem } from "./issues.ts";
import { linkedSchemas } from "./linked-schemas.ts";
import { located } from "./located.ts";
import { merge } from "./merge.ts";
import type { Model } from "./model.ts";
import { normalise } from "./normalise.ts";
import { createReading } from "./reading.ts";
import type { Tree } from "./tree.ts";
import { validate } from "./validate.ts";

export interface LoadOptions {
  /** Name of the spec in messages; as given by default. Included files are named relative to it. */
  readonly shownAs?: string;
  /** Files beside the spec; the disk by default. */
  readonly files?: SpecFiles;
  /** Ids of the engines that there are, for names in `stores:`; without them each name passes. */
  readonly engines?: readonly string[];
  /** Takes out of the tree of all files what is not to be loaded. */
  readonly narrow?: (tree: Tree) => Tree;
}

export interface LoadResult {
  /** Absent when one of the issues is an error. */
  readonly model?: Model;
  /** All problems at once, by position; warnings only when there is a model. */
  readonly issues: readonly Issue[];
  /** Every file that was read, as read: the spec, what it includes, JSON Schemas it names. */
  readonly sources: readonly Uint8Array[];
  /** Places problems that a later stage found in the spec; present with the model. */
  readonly locate?: (problems: readonly Problem[]) => readonly Issue[];
}

/**
 * Reads a spec with everything it includes, and makes a Model of it.
 *
 * @param file path of the spec
 * @returns never throws for what a file can hold: a wrong spec gives issues
 */
export function loadSpec(file: string, options: LoadOptions = {}): LoadResult {
  const reading = createReading(options.files ?? filesIn(dirname(file)), options.shownAs ?? file);
  const root = reading.spec(basename(file));
  if (root === undefined)
    return { issues: located(reading, () => reading.names[0] ?? file), sources: reading.sources };
  const merged = merge(root, reading.includes(root));
  for (const { file: name, problem } of merged.problems) reading.report(name, problem);
  const wanted = options.narrow?.(merged.tree) ?? merged.tree;
  const { tree, problems: linkProblems } = linkedSchemas(wanted, reading.linked);
  const { spec, entities, problems } = validate(tree, options.engines);
  const refused = new Set(reading.problems.map(({ problem }) => JSON.stringify(problem.path)));
  for (const problem of [...linkProblems, ...problems]) {
    // What is refused as it stands needs no second judgement.
    if (!refused.has(JSON.stringify(problem.path)))
      reading.report(merged.fileOf(problem.path), problem);
  }
  const issues = located(reading, merged.fileOf);
  if (spec === undefined || issues.some(({ severity }) => severity === "error"))
    return { issues, sources: reading.sources };
  const told = new Set(issues.map(issueText));
  const locate = (found: readonly Problem[]): readonly Issue[] => {
    for (const problem of found) reading.report(merged.fileOf(problem.path), problem);
    return located(reading, merged.fileOf).filter((issue) => !told.has(issueText(issue)));
  };
  return { model: normalise(spec, entities), issues, sources: reading.sources, locate };
}
