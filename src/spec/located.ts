import { sortedIssues, type Issue, type Path } from "./issues.ts";
import { positionsIn, type Position, type Positions } from "./positions.ts";
import type { Reading } from "./reading.ts";

/** Every problem of a reading with its position, sorted. Files without a problem are not parsed again. */
export function located(reading: Reading, fileOf: (path: Path) => string): readonly Issue[] {
  const made = new Map<string, Positions | undefined>();
  const positions = (file: string): Positions | undefined => {
    if (!made.has(file)) made.set(file, positionsIn(reading.texts.get(file) ?? ""));
    return made.get(file);
  };
  const place = (file: string, path: Path, at: "key" | "value"): Position =>
    positions(file)?.of(path, at) ?? { line: 1, column: 1 };
  const lineOf = (path: Path): number => place(fileOf(path), path, "key").line;
  const issues = reading.problems.map(({ file, problem }) => ({
    file,
    ...place(file, problem.path, problem.at),
    severity: problem.severity,
    message: typeof problem.message === "string" ? problem.message : problem.message(lineOf),
    hint: problem.hint,
  }));
  return sortedIssues([...reading.issues, ...issues], reading.names);
}
