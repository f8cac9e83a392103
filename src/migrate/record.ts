import { migrationHash } from "../../templates/runtime/migration-files.ts";
import type { StoredMigration, StoredStep } from "./folder.ts";
import { phases, type Phase, type Step } from "./step.ts";

/** A migration that was planned and is not on disk yet. */
export interface PlannedMigration {
  readonly id: string;
  readonly parents: readonly string[];
  readonly phase: Phase;
  readonly change: string;
  readonly touches: readonly string[];
  readonly steps: readonly Step[];
  readonly up: string;
  readonly down: string;
}

/** The record of a migration: what the runner and the linter have to know of it beside its two texts. */
export function printRecord(migration: PlannedMigration): string {
  const { id, parents, phase, change, touches, up, down } = migration;
  const steps = migration.steps.map((step) => ({
    name: step.name,
    title: step.title,
    reversibility: step.reversibility,
    risks: step.risks,
    transactional: step.transactional,
    verify: step.verify,
    repair: step.repair,
    batch: step.batch,
    destroys: step.destroys,
  }));
  const hash = migrationHash(up, down);
  return `${JSON.stringify({ id, parents, hash, phase, change, touches, steps }, null, 2)}\n`;
}

/**
 * Reads what the planner of the next change has to know of a migration; the runner reads the rest (templates/runtime/migration-files.ts).
 *
 * @param names of the files in the folder
 * @param read the text of one of them, undefined when there is none
 */
export function parseStored(
  id: string,
  names: readonly string[],
  read: (name: string) => string | undefined,
): StoredMigration | { readonly damage: string } {
  const value = objectOf(read(`${id}.json`) ?? "");
  if (value === undefined) return { damage: "it is not a JSON object" };
  if (value["id"] !== id) return { damage: `its id is not ${id}` };
  const { parents, change, touches } = value;
  if (!isTexts(parents)) return { damage: `"parents" is not a list of ids` };
  const [up, down] = (["up", "down"] as const).map((direction) =>
    names.find((name) => name.startsWith(`${id}.${direction}.`)),
  );
  if (up === undefined || down === undefined)
    return { damage: `there is no ${id}.${up === undefined ? "up" : "down"} file beside it` };
  return {
    id,
    parents,
    phase: phases.find((phase) => phase === value["phase"]) ?? "expand",
    change: typeof change === "string" ? change : id,
    touches: isTexts(touches) ? touches : undefined,
    steps: Array.isArray(value["steps"]) ? value["steps"].filter(isStep) : [],
    up: read(up) ?? "",
    down: read(down) ?? "",
    files: { up, down },
  };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

const isStep = (value: unknown): value is StoredStep =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "transactional" in value &&
  typeof value.transactional === "boolean";
