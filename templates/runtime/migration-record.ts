import type { BatchRule, Migration, Phase, Reversibility, StepRecord } from "./migration.ts";

/** What `<id>.json` says of a migration; fields that nobody knows here are left alone. */
export type MigrationRecord = Pick<
  Migration,
  "id" | "parents" | "hash" | "phase" | "change" | "touches" | "steps" | "transactional"
>;

const phases: readonly Phase[] = ["expand", "backfill", "contract"];
const classes: readonly Reversibility[] = ["reversible", "loses-data", "irreversible"];

/** Reads a record. @throws Error with what is wrong about it, in a few words */
export function parseRecord(text: string): MigrationRecord {
  const record = objectOf(json(text), "it");
  const { id, hash, parents } = record;
  if (typeof id !== "string" || typeof hash !== "string" || !isTexts(parents))
    throw new Error("must hold id, parents and hash");
  const { touches } = record;
  return {
    id,
    hash,
    parents,
    phase: oneOf(record, "phase", phases, "it"),
    change: optional(record, "change", "string", "it"),
    touches: isTexts(touches) ? touches : undefined,
    transactional: optional(record, "transactional", "boolean", "it"),
    steps: stepsOf(record["steps"]),
  };
}

function stepsOf(value: unknown): readonly StepRecord[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new Error("steps must be a list");
  const steps = value.map(stepOf);
  const twice = steps.find(({ name }, at) => steps.findIndex((step) => step.name === name) < at);
  if (twice !== undefined) throw new Error(`two steps are called ${twice.name}`);
  return steps;
}

function stepOf(value: unknown, index: number): StepRecord {
  const step = objectOf(value, `steps[${index}]`);
  const { name, title } = step;
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name))
    throw new Error(`steps[${index}] must have a name of letters, digits, "-", "_" and "."`);
  const { risks = [] } = step;
  if (!isTexts(risks)) throw new Error(`step ${name}: risks must be a list of texts`);
  return {
    name,
    title: typeof title === "string" ? title : name,
    transactional: optional(step, "transactional", "boolean", name) ?? true,
    reversibility: oneOf(step, "reversibility", classes, name),
    risks,
    verify: optional(step, "verify", "string", name),
    repair: optional(step, "repair", "string", name),
    debris: optional(step, "debris", "string", name),
    batch: batchOf(step["batch"], name),
    removes: optional(step, "removes", "string", name),
    destroys: optional(step, "destroys", "string", name),
  };
}

function batchOf(value: unknown, step: string): BatchRule | undefined {
  if (value === undefined) return undefined;
  const batch = objectOf(value, `batch of ${step}`);
  const number = (name: string, least: number): number => {
    const found = batch[name];
    if (typeof found === "number" && Number.isInteger(found) && found >= least) return found;
    throw new Error(`batch of ${step}: ${name} must be a whole number from ${least}`);
  };
  return {
    keys: number("keys", 0),
    size: number("size", 1),
    pauseMs: number("pauseMs", 0),
    estimate: optional(batch, "estimate", "string", `batch of ${step}`),
  };
}

type Fields = Readonly<Record<string, unknown>>;
interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
}

function optional<K extends keyof Kinds>(
  fields: Fields,
  name: string,
  kind: K,
  where: string,
): Kinds[K] | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value === kind) return value as Kinds[K];
  throw new Error(`${where}: ${name} must be a ${kind}`);
}

function oneOf<T extends string>(
  fields: Fields,
  name: string,
  allowed: readonly T[],
  where: string,
): T | undefined {
  const value = fields[name];
  const found = allowed.find((each) => each === value);
  if (value === undefined || found !== undefined) return found;
  throw new Error(`${where}: ${name} must be one of ${allowed.join(", ")}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("is not JSON");
  }
}

function objectOf(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(where === "it" ? "must hold id, parents and hash" : `${where} must be an object`);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
