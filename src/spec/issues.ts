import { maxPrinted } from "./limits.ts";

/** A problem of the spec: where (1-based line and column), what, and how to mend it. Never holds a stack trace. */
export interface Issue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** An error ends the run with exit status 2; a warning is printed and the run goes on. */
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
}

export type Path = readonly (string | number)[];

/** Says which line of the spec a path stands in. */
export type LineOf = (path: Path) => number;

/** An issue before its position is known: `path` leads to it in the tree, `at` says whether the key or the value is meant. */
export interface Problem {
  readonly path: Path;
  readonly at: "key" | "value";
  readonly severity: "error" | "warning";
  /** Text, or a function of the lines that it refers to. */
  readonly message: string | ((lineOf: LineOf) => string);
  readonly hint: string;
}

/** By file (in the order the files were read), line and column; equal ones once. */
export function sortedIssues(issues: readonly Issue[], files: readonly string[]): readonly Issue[] {
  const order = new Map(files.map((file, at) => [file, at]));
  const rank = (issue: Issue): number => order.get(issue.file) ?? files.length;
  const sorted = [...issues].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.message < b.message ? -1 : 1),
  );
  return sorted.filter((issue, at) => {
    const previous = sorted[at - 1];
    return previous === undefined || issueText(previous) !== issueText(issue);
  });
}

/** `file:line:column: what; how to mend` */
export function issueText(issue: Issue): string {
  const label = issue.severity === "warning" ? "warning: " : "";
  const mend = issue.hint === "" ? "" : `; ${issue.hint}`;
  return `${issue.file}:${issue.line}:${issue.column}: ${label}${issue.message}${mend}`;
}

/**
 * All issues as lines for stderr, closed by a count; no newline at the end.
 *
 * @example
 * // workloads.yaml:14:13: unknown type "intt" of field Order.total; did you mean "int"?
 * // 1 problem; nothing was written.
 */
export function formatIssues(issues: readonly Issue[], limit = maxPrinted): string {
  const lines = issues.slice(0, limit).map(issueText);
  if (issues.length > limit) lines.push(`… and ${issues.length - limit} more`);
  const errors = issues.filter((issue) => issue.severity === "error").length;
  if (errors > 0)
    lines.push(`${errors} ${errors === 1 ? "problem" : "problems"}; nothing was written.`);
  return lines.join("\n");
}

/** The issues for `--json`: every one, in the order of {@link formatIssues}. */
export function issuesJson(issues: readonly Issue[]): { readonly problems: readonly Issue[] } {
  return { problems: issues };
}
