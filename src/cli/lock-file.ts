import { engines } from "../engines/registry.gen.ts";
import { readUserFile, writeUserFile } from "../reconcile/single-file.ts";
import { formatLock, lockOf, parseLock, type Lock } from "../select/lock.ts";
import type { Plan } from "../select/plan.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Place } from "./place.ts";

/** The lock beside the spec, or undefined. @throws Failure 2 for one that cannot be read */
export function readLock(place: Place): { readonly lock: Lock; readonly text: string } | undefined {
  const text = readUserFile(place.folder, place.lock);
  if (text === undefined) return undefined;
  const parsed = parseLock(text);
  if ("lock" in parsed) return { lock: parsed.lock, text };
  throw new Failure(exitCode.input, `${place.lock}: ${parsed.problem}`, {
    hint: "restore it from version control, or delete it and run: async-db-starter plan",
  });
}

/** @throws Failure 1 when there is none */
export function requireLock(place: Place): { readonly lock: Lock; readonly text: string } {
  const found = readLock(place);
  if (found !== undefined) return found;
  throw new Failure(exitCode.finding, `${place.lock} is missing: no decision has been taken yet`, {
    hint: "run: async-db-starter plan",
  });
}

/** @returns whether the file changed */
export function writeLock(place: Place, plan: Plan): boolean {
  return writeUserFile(place.folder, place.lock, formatLock(lockOf(plan, engines)));
}
