import { splitSteps } from "../../templates/runtime/migration-text.ts";
import type { StoredMigration } from "./folder.ts";

/** A step that a text and its record do not agree about. */
export interface UnknownStep {
  /** Name of the file that has it. */
  readonly file: string;
  readonly message: string;
  readonly mend: string;
}

/**
 * The steps of a migration's SQL that its record does not name, and those of the record that its SQL does not have. The runner refuses
 * the first and takes the second for done.
 */
export function unknownSteps({
  id,
  files,
  steps,
  ...texts
}: StoredMigration): readonly UnknownStep[] {
  if (steps.length === 0) return [];
  const known = new Set(steps.map(({ name }) => name));
  const found = { up: namesIn(files.up, texts.up), down: namesIn(files.down, texts.down) };
  const both = [found.up, found.down];
  if (both.some((names) => names === undefined)) return [];
  const stray = (["up", "down"] as const).flatMap((direction) =>
    (found[direction] ?? [])
      .filter((name) => !known.has(name))
      .map((name) => ({
        file: files[direction],
        message: `step ${name} is not among the steps of ${id}.json, so the runner refuses the migration`,
        mend: `add {"name": "${name}", "title": "…", "transactional": true, "reversibility": "reversible"} to its steps, in the place where it runs`,
      })),
  );
  const named = new Set(both.flatMap((names) => names ?? []));
  const empty = [...known]
    .filter((name) => !named.has(name))
    .map((name) => ({
      file: `${id}.json`,
      message: `its step ${name} has no text in ${files.up} or ${files.down}`,
      mend: `write it there after a line "-- step: ${name}", or take it out of the steps`,
    }));
  return [...stray, ...empty];
}

/** Undefined for a text that has no steps in this form. */
function namesIn(file: string, text: string): readonly string[] | undefined {
  if (!file.endsWith(".sql")) return undefined;
  try {
    return splitSteps(text).map(({ name }) => name);
  } catch {
    return undefined;
  }
}
