import { isDataError, programmingError } from "./errors.ts";
import { amended } from "./failure.ts";
import type { StepText } from "./migration.ts";

/** What every command may say beside what it does. */
interface Command {
  readonly step?: string;
  readonly note?: string;
}

/**
 * The steps of a migration that is a JSON list of commands: those of one `step` together, in the order of the file.
 *
 * @throws DataError programming for a command without a step
 */
export function splitCommands(text: string): readonly StepText[] {
  const steps = new Map<string, Command[]>();
  for (const command of JSON.parse(text) as readonly Command[]) {
    const { step } = command;
    if (step === undefined)
      throw programmingError(`a command has no "step": ${Object.keys(command).join(", ")}`, {
        operation: "migrate",
      });
    steps.set(step, [...(steps.get(step) ?? []), command]);
  }
  return [...steps].map(([name, commands]) => {
    const note = commands.find((command) => command.note !== undefined)?.note;
    const told = note === undefined ? {} : { note };
    return { name, text: JSON.stringify(commands), line: 1, ...told };
  });
}

/** A failure with the file and the step that it comes from. */
export const placedIn = (file: string, step: string, error: unknown): unknown =>
  isDataError(error)
    ? amended(error, { operation: "migrate", message: `${file}: step ${step}: ${error.message}` })
    : error;
