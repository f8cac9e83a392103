import { migrationHash } from "../../templates/runtime/migration-files.ts";
import { parseRecord } from "../../templates/runtime/migration-record.ts";
import type { StepRecord } from "../../templates/runtime/migration.ts";
import type { StoredMigration } from "./folder.ts";
import type { MovedNames } from "./named-content.ts";
import { isSeals, type Seals } from "./seals.ts";
import type { Phase, Step } from "./step.ts";

/** A migration that was planned and is not on disk yet. */
export interface PlannedMigration {
  readonly id: string;
  readonly parents: readonly string[];
  readonly phase: Phase;
  readonly change: string;
  readonly touches: readonly string[];
  /** Of the whole change; only its first migration has any. */
  readonly moved?: MovedNames;
  /** What the change makes of each part; only its first migration has any. */
  readonly seals?: Seals;
  readonly steps: readonly Step[];
  readonly up: string;
  readonly down: string;
}

/**
 * The record of a migration: what the runner and the linter have to know of it beside its two texts. One line per step, so that a long
 * change can still be read.
 */
export function printRecord(migration: PlannedMigration): string {
  const { id, parents, phase, change, touches, moved, seals, up, down } = migration;
  const steps = migration.steps.map(stepRecord);
  const hash = migrationHash(up, down, steps);
  const about = { id, parents, hash, phase, change, touches, ...moved, seals };
  const head = JSON.stringify(about, null, 2);
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`).join(",\n");
  return `${head.slice(0, -"\n}".length)},\n  "steps": [\n${lines}\n  ]\n}\n`;
}

function stepRecord(step: Step): StepRecord {
  const risks = step.risks.filter((risk) => risk !== "none");
  return {
    name: step.name,
    title: step.title,
    transactional: step.transactional,
    reversibility: step.reversibility,
    risks: risks.length === 0 ? undefined : risks,
    verify: step.verify,
    repair: step.repair,
    debris: step.debris,
    batch: step.batch,
    removes: step.removes,
    destroys: step.destroys,
  };
}

/**
 * Reads a migration as its runner does (templates/runtime), and which parts it touches.
 *
 * @param names of the files in the folder
 * @param read the text of one of them, undefined when there is none
 */
export function parseStored(
  id: string,
  names: readonly string[],
  read: (name: string) => string | undefined,
): StoredMigration | { readonly damage: string } {
  const text = read(`${id}.json`) ?? "";
  const [up, down] = (["up", "down"] as const).map((direction) =>
    names.find((name) => name.startsWith(`${id}.${direction}.`)),
  );
  if (up === undefined || down === undefined)
    return { damage: `there is no ${id}.${up === undefined ? "up" : "down"} file beside it` };
  try {
    const record = parseRecord(text);
    if (record.id !== id) return { damage: `its id is not ${id}` };
    const { parents, phase = "expand", change = id, steps = [] } = record;
    const known = plannersOwn(text);
    const texts = { up: read(up) ?? "", down: read(down) ?? "", files: { up, down } };
    const hash = migrationHash(texts.up, texts.down, steps);
    const edited = hash === record.hash ? {} : { editedHash: hash };
    return { id, parents, phase, change, ...known, steps, ...texts, ...edited };
  } catch (error) {
    return { damage: error instanceof Error ? error.message : String(error) };
  }
}

/** What only the planner of the next change asks for. */
function plannersOwn(
  text: string,
): Pick<StoredMigration, "touches" | "adds" | "displaces" | "seals"> {
  const { touches, adds, displaces, seals } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    touches: isTexts(touches) ? touches : undefined,
    ...(isTexts(adds) && { adds }),
    ...(isTexts(displaces) && { displaces }),
    ...(isSeals(seals) && { seals }),
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
