import { engines } from "../engines/registry.gen.ts";
import { gitSides } from "../reconcile/git-conflict.ts";
import { readUserFile, writeUserFile } from "../reconcile/single-file.ts";
import { compareLock, formatLock, lockOf, parseLock, type Lock } from "../select/lock.ts";
import type { Plan } from "../select/plan.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Place } from "./place.ts";

/** A lock as it lies beside the spec. */
export interface FoundLock {
  readonly lock: Lock;
  readonly text: string;
  /** Put together from both sides of a merge that git could not do: `plan` writes it anew. */
  readonly unmerged?: true;
}

/** The lock beside the spec, or undefined. @throws Failure 2 for one that cannot be read */
export function readLock(place: Place): FoundLock | undefined {
  const text = readUserFile(place.folder, place.lock);
  if (text === undefined) return undefined;
  const merged = mergedLock(text);
  if (merged !== undefined) return { lock: merged, text, unmerged: true };
  const parsed = parseLock(text);
  if ("lock" in parsed) return { lock: parsed.lock, text };
  throw new Failure(exitCode.input, `${place.lock}: ${parsed.problem}`, {
    hint: "restore it from version control, or delete it and run: async-db-starter plan",
  });
}

/** The decisions of both branches, where they took none against each other. */
function mergedLock(text: string): Lock | undefined {
  const sides = gitSides(text);
  if (sides === undefined) return undefined;
  const [ours, theirs] = [parseLock(sides.ours), parseLock(sides.theirs)];
  if ("problem" in ours || "problem" in theirs) return undefined;
  const against = compareLock(ours.lock, theirs.lock).some(
    ({ kind }) => kind === "engine" || kind === "store" || kind === "version",
  );
  if (against) return undefined;
  // Without prototype, as one that was read: a workload may be called `constructor`.
  const decisions: Lock["decisions"] = Object.assign(
    Object.create(null),
    theirs.lock.decisions,
    ours.lock.decisions,
  );
  return { version: 1, decisions };
}

/** @throws Failure 1 when there is none, or one that `plan` has to write anew */
export function requireLock(place: Place): FoundLock {
  const found = readLock(place);
  if (found !== undefined && found.unmerged !== true) return found;
  const problem =
    found === undefined
      ? "is missing: no decision has been taken yet"
      : "holds the conflict of a merge; both branches' decisions go together";
  throw new Failure(exitCode.finding, `${place.lock} ${problem}`, {
    hint: "run: async-db-starter plan",
  });
}

/** @returns whether the file changed */
export function writeLock(place: Place, plan: Plan): boolean {
  return writeUserFile(place.folder, place.lock, formatLock(lockOf(plan, engines)));
}
