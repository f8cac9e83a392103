import { statementsOf } from "../../../../templates/engines/mysql/migration-statements.ts";
import type { LintSource } from "../../../migrate/step.ts";
import { Reader } from "./reader.ts";
import { type Reading, readStatement } from "./statement.ts";

/** What the record says of the step that a statement belongs to. */
export type StepFacts = LintSource["steps"][number];

/** One statement of a migration. */
export interface Statement {
  readonly reading: Reading;
  /** Without the delimiter behind it. */
  readonly text: string;
  /** Of its first word, from 1. */
  readonly line: number;
  readonly step: StepFacts;
  /** `-- refuse:` stands before it. */
  readonly refuses: boolean;
  /** What does not end in it: a quote, a comment, a bracket. */
  readonly broken: string | undefined;
}

/** The statements of a migration; those before the first step belong to one without a name. */
export function readFile(text: string, steps: readonly StepFacts[]): readonly Statement[] {
  return stepTexts(text).flatMap((each) => {
    const step = steps.find(({ name }) => name === each.name) ?? alone(each.name, steps);
    return statementsOf(each.text).map((found): Statement => {
      const reader = new Reader(found.text);
      const before = found.text.slice(0, reader.place).split("\n").length - 1;
      return {
        reading: readStatement(found.text),
        text: found.text.slice(reader.place),
        line: each.line + found.line + before,
        step,
        refuses: found.refusal !== undefined,
        broken: reader.broken,
      };
    });
  });
}

/** A text without markers is its record's only step. */
const alone = (name: string, steps: readonly StepFacts[]): StepFacts =>
  (name === "" && steps.length === 1 ? steps[0] : undefined) ?? { name, transactional: false };

interface StepPart {
  readonly name: string;
  readonly text: string;
  /** Of its text's first line, from 1. */
  readonly line: number;
}

function stepTexts(text: string): readonly StepPart[] {
  const parts: { name: string; line: number; lines: string[] }[] = [
    { name: "", line: 1, lines: [] },
  ];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const name = /^-- step: *(\S+)[ \t]*$/.exec(line)?.[1];
    if (name === undefined) parts.at(-1)?.lines.push(line);
    else parts.push({ name, line: index + 2, lines: [] });
  }
  return parts.map(({ name, line, lines }) => ({ name, line, text: lines.join("\n") }));
}
