import type {
  MigrationCommand,
  VerifyQuery,
} from "../../../../templates/engines/opensearch/migration-step.ts";
import type { Phase, Risk, Step } from "../../../migrate/step.ts";

/** A step before its commands are text. */
export interface Draft {
  /** What is done, in a word: with the alias it makes the step's name. */
  readonly act: string;
  readonly title: string;
  readonly phase: Phase;
  readonly up: readonly MigrationCommand[];
  readonly down: readonly MigrationCommand[];
  readonly verify?: VerifyQuery;
  readonly repair?: readonly MigrationCommand[];
  readonly risks?: readonly Risk[];
  readonly note?: string;
}

/** Nothing of a view is lost for good: its authority has it. Only a copy is looked at and cleared up after. */
export function stepOf(alias: string, draft: Draft): Step {
  const { act, title, phase, up, down, verify, repair, note } = draft;
  const alone = repair !== undefined;
  return {
    name: `${alias}-${act}`,
    title: `${alias}: ${title}`,
    phase,
    up: text(up),
    down: text(down),
    reversibility: "reversible",
    risks: draft.risks ?? ["none"],
    transactional: !alone,
    touches: [alias],
    ...(note === undefined ? {} : { note }),
    ...(alone && verify !== undefined ? { verify: JSON.stringify(verify) } : {}),
    ...(alone ? { repair: text(repair) } : {}),
  };
}

const text = (commands: readonly MigrationCommand[]): string => JSON.stringify(commands);

/** The file of one direction: a list of commands, each with the name of its step. */
export function printSteps(steps: readonly Step[], direction: "up" | "down"): string {
  const commands = steps.flatMap(({ name, note, [direction]: own }) =>
    (JSON.parse(own) as readonly MigrationCommand[]).map((command, at) => ({
      step: name,
      ...(note === undefined || at > 0 || direction === "down" ? {} : { note }),
      ...command,
    })),
  );
  return `${JSON.stringify(commands, null, 2)}\n`;
}
