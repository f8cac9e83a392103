import { sortedIssues, type Issue, type Path } from "./issues.ts";
import { positionsIn, type Position, type Positions } from "./positions.ts";
import type { Reading } from "./reading.ts";

/** Every problem of a reading with its position, sorted. Files without a problem are not parsed again. */
export function located(reading: Reading, fileOf: (path: Path) => string): readonly Issue[] {
  const made = new Map<string, Positions>();
  const place = (file: string, path: Path, at: "key" | "value"): Position => {
    const positions = made.get(file) ?? positionsIn(reading.texts.get(file) ?? "");
    made.set(file, positions);
    return positions.of(path, at);
  };
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
