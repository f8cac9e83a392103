import { programmingError } from "./errors.ts";
import type { StepText } from "./migration.ts";

const marker = /^-- step: *(\S+)[ \t]*$/;

/**
 * The steps of a migration's text: `-- step: <name>` on a line of its own begins one. Before the first there may be remarks only.
 *
 * @throws DataError programming for a statement before the first step
 */
export const splitSteps = (text: string): readonly StepText[] => {
  const steps: { name: string; line: number; lines: string[] }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = marker.exec(line)?.[1];
    const step = steps.at(-1);
    if (name !== undefined) steps.push({ name, line: index + 2, lines: [] });
    else if (step !== undefined) step.lines.push(line);
    else if (!/^\s*(--.*)?$/.test(line)) {
      throw programmingError(
        `line ${index + 1} stands before the first step; a line "-- step: <name>" begins one`,
        { operation: "migrate" },
      );
    }
  }
  return steps.map(({ name, line, lines }) => ({ name, line, text: lines.join("\n") }));
};
