import type { MigrationStep } from "../../../../templates/engines/mongodb/migration-step.ts";

/** A command of a migration file with the line that it begins on. */
export interface PlacedCommand {
  readonly command: MigrationStep;
  readonly line: number;
}

/** What is no list of commands. */
export interface Malformed {
  readonly fault: string;
}

const known: readonly string[] = [
  "createCollection",
  "dropCollection",
  "renameCollection",
  "createIndexes",
  "dropIndex",
  "setValidator",
  "updateMany",
  "refuse",
];

export function readCommands(text: string): readonly PlacedCommand[] | Malformed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : "no JSON" };
  }
  if (!Array.isArray(parsed)) return { fault: "the file is no list of commands" };
  const lines = linesOf(text);
  const strange = parsed.findIndex((one: unknown) => !isCommand(one));
  if (strange >= 0) return { fault: `command ${strange + 1} is none of ${known.join(", ")}` };
  return parsed.map((command: MigrationStep, at) => ({ command, line: lines[at] ?? 1 }));
}

const isCommand = (one: unknown): boolean =>
  typeof one === "object" && one !== null && known.some((name) => name in one);

/** The line of each object of the outermost list. */
function linesOf(text: string): readonly number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}\n]/g)) {
    if (token === "\n") line += 1;
    else if (token === "{" || token === "[") {
      if (token === "{" && depth === 1) lines.push(line);
      depth += 1;
    } else if (token === "}" || token === "]") depth -= 1;
  }
  return lines;
}

/** Collection that a command is about. */
export function collectionOf(command: MigrationStep): string {
  if ("createCollection" in command) return command.createCollection;
  if ("dropCollection" in command) return command.dropCollection;
  if ("renameCollection" in command) return command.renameCollection;
  if ("createIndexes" in command) return command.createIndexes;
  if ("dropIndex" in command) return command.dropIndex;
  if ("setValidator" in command) return command.setValidator;
  return "updateMany" in command ? command.updateMany : command.refuse;
}
