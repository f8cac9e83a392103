import type { Candidate } from "./assess.ts";
import type { Flip, Plan } from "./plan.ts";

/** `workloads.lock.json`: the decisions a project has committed to. One entry per workload, no global hash, so that branches merge. */
export interface Lock {
  readonly version: 1;
  readonly decisions: Readonly<Record<string, LockedDecision | undefined>>;
}

export interface LockedDecision {
  readonly store: string;
  readonly engine: string;
  /** Major version of the engine that the evidence was read for. */
  readonly engineVersion: string;
  readonly reasons: readonly string[];
  /** What would change the decision, as found when it was taken: finding it again at every generation would be slow. */
  readonly flips: readonly Flip[];
  /** Hash of the requirements that led to the decision. */
  readonly requirementsHash: string;
}

/** A difference between the lock and a plan. Only `requirements` leaves the decision as it was. */
export interface LockChange {
  readonly workload: string;
  readonly kind: "added" | "removed" | "engine" | "store" | "version" | "requirements";
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly text: string;
}

/** The lock of a plan. */
export function lockOf(plan: Plan, engines: readonly Candidate[]): Lock {
  const decisions: Record<string, LockedDecision> = {};
  for (const decision of plan.decisions) {
    decisions[decision.workload] = {
      store: decision.store,
      engine: decision.engine,
      engineVersion: majorVersion(engines, decision.engine),
      reasons: decision.reasons.map(({ text }) => text),
      flips: decision.flips,
      requirementsHash: decision.requirementsHash,
    };
  }
  return { version: 1, decisions };
}

function majorVersion(engines: readonly Candidate[], id: string): string {
  const version = engines.find((engine) => engine.id === id)?.capabilities.version ?? "";
  return version.split(".")[0] ?? "";
}

/** Stable text: keys sorted, two spaces, one final newline. */
export function formatLock(lock: Lock): string {
  const names = Object.keys(lock.decisions).toSorted();
  const decisions = Object.fromEntries(names.map((name) => [name, ordered(lock.decisions[name])]));
  return `${JSON.stringify({ version: lock.version, decisions }, null, 2)}\n`;
}

function ordered(decision: LockedDecision | undefined): LockedDecision | undefined {
  if (!decision) return undefined;
  const { store, engine, engineVersion, reasons, flips, requirementsHash } = decision;
  return { store, engine, engineVersion, reasons, flips, requirementsHash };
}

/** A lock, or what is wrong with the text. */
export function parseLock(text: string): { readonly lock: Lock } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isRecord(value)) return { problem: "not an object" };
  if (value["version"] !== 1) {
    return { problem: `version ${JSON.stringify(value["version"])} instead of 1` };
  }
  const given = value["decisions"];
  if (!isRecord(given)) return { problem: "decisions is not an object" };
  const entries: [string, LockedDecision][] = [];
  for (const [name, entry] of Object.entries(given)) {
    if (!isDecision(entry)) return { problem: `decisions.${name} is not a locked decision` };
    entries.push([name, entry]);
  }
  // A map without prototype: a workload may be called `constructor`.
  const decisions: Record<string, LockedDecision> = Object.assign(
    Object.create(null),
    Object.fromEntries(entries),
  );
  return { lock: { version: 1, decisions } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDecision(value: unknown): value is LockedDecision {
  if (!isRecord(value)) return false;
  const texts = ["store", "engine", "engineVersion", "requirementsHash"] as const;
  const { reasons, flips } = value;
  return (
    texts.every((key) => typeof value[key] === "string") &&
    Array.isArray(reasons) &&
    reasons.every((reason) => typeof reason === "string") &&
    Array.isArray(flips) &&
    flips.every(isFlip)
  );
}

function isFlip(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return ["path", "text", "direction"].every((key) => typeof value[key] === "string");
}

/** The plan with the flips that were found when its decisions were taken. */
export function withLockedFlips(plan: Plan, lock: Lock): Plan {
  const decisions = plan.decisions.map((decision) => ({
    ...decision,
    flips: lock.decisions[decision.workload]?.flips ?? [],
  }));
  return { ...plan, decisions };
}

/** What a plan would change in the lock, by workload. */
export function compareLock(lock: Lock, next: Lock): readonly LockChange[] {
  const names = new Set([...Object.keys(lock.decisions), ...Object.keys(next.decisions)]);
  return [...names].toSorted().flatMap((name) => {
    const change = changeOf(name, lock.decisions[name], next.decisions[name]);
    return change ? [change] : [];
  });
}

function changeOf(
  workload: string,
  before: LockedDecision | undefined,
  after: LockedDecision | undefined,
): LockChange | undefined {
  const at = (d: LockedDecision): string => `${d.engine} (store ${d.store})`;
  const change = (kind: LockChange["kind"], old?: string, now?: string): LockChange => ({
    workload,
    kind,
    old,
    new: now,
    text:
      kind === "requirements"
        ? `${workload}: it asks for something else than the lock was made for; engine and store stay`
        : `${workload}: ${kind} ${old ?? "-"} → ${now ?? "-"}`,
  });
  if (!before || !after) {
    if (after) return change("added", undefined, at(after));
    return before && change("removed", at(before), undefined);
  }
  if (before.engine !== after.engine) return change("engine", at(before), at(after));
  if (before.store !== after.store) return change("store", before.store, after.store);
  if (before.engineVersion !== after.engineVersion) {
    return change("version", before.engineVersion, after.engineVersion);
  }
  return before.requirementsHash === after.requirementsHash
    ? undefined
    : change("requirements", before.requirementsHash, after.requirementsHash);
}

/** Whether accepting the change is a decision of the user: all but new workloads and requirements that decide as before. */
export const needsAcceptance = ({ kind }: LockChange): boolean =>
  kind !== "requirements" && kind !== "added";
