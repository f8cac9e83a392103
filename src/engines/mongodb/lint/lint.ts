import type { LintFinding, LintSource } from "../../../migrate/step.ts";
import type { MigrationStep } from "../../../../templates/engines/mongodb/migration-step.ts";
import type { JsonObject } from "../schema/state.ts";
import { collectionOf, readCommands } from "./commands.ts";
import { rules, sceneOf } from "./rules.ts";

/** Judges one direction of a migration by what it does to those who use the store meanwhile; a down only has to be readable. */
export async function lint(source: LintSource): Promise<readonly LintFinding[]> {
  const read = readCommands(source.text);
  if ("fault" in read) return [malformed(read.fault)];
  if (source.direction === "down") return [];
  const validators = knownFrom(source.history ?? []);
  const fresh = new Set(source.fresh);
  return read.flatMap(({ command, line }) => {
    const collection = collectionOf(command);
    const scene = sceneOf(source, command, (name) => validators.get(name));
    const found = fresh.has(collection) ? [] : rules.flatMap((rule) => rule(command, scene));
    if ("createCollection" in command) fresh.add(collection);
    follow(validators, command);
    return found.map((one) => ({ ...one, line }));
  });
}

const malformed = (fault: string): LintFinding => ({
  rule: "syntax-error",
  line: 1,
  message: fault,
  recipe: "a list of commands, each with its step: see migration-step.ts",
  severity: "error",
});

/** The validators that earlier migrations left. */
function knownFrom(history: readonly string[]): Map<string, JsonObject> {
  const validators = new Map<string, JsonObject>();
  for (const text of history) {
    const read = readCommands(text);
    if ("fault" in read) continue;
    for (const { command } of read) follow(validators, command);
  }
  return validators;
}

function follow(validators: Map<string, JsonObject>, command: MigrationStep): void {
  const collection = collectionOf(command);
  if ("createCollection" in command) validators.set(collection, given(command.validator));
  else if ("setValidator" in command) validators.set(collection, given(command.validator));
  else if ("dropCollection" in command) validators.delete(collection);
  else if ("renameCollection" in command) {
    const moved = validators.get(collection);
    validators.delete(collection);
    if (moved !== undefined) validators.set(command.to, moved);
  }
}

const given = (validator: object | undefined): JsonObject => (validator ?? {}) as JsonObject;
