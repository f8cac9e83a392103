import type { Migration, StepRecord } from "./migration.ts";

/**
 * What a migration means to the code around it. Code of its checkout needs every expand and backfill before it starts; a contract only where
 * a step says so: of a column that changes its type under its own name, the two types have no moment together.
 */
export const isNeeded = (migration: Migration): boolean =>
  migration.phase !== "contract" || hasRisk(migration, "new-code-waits");

/** Whether code that does not know its change fails after it. */
export const breaksOldCode = (migration: Migration): boolean =>
  migration.phase === "contract" || hasRisk(migration, "breaks-old-code");

/** Its steps after which code that does not know its change runs on, until code that does writes an empty value. */
export const unreadSteps = ({ steps = [] }: Migration): readonly StepRecord[] =>
  steps.filter(({ risks = [] }) => risks.includes("null-breaks-old-code"));

/** The first migration of its change: what code has to know. */
export const changeOf = ({ id, change = id }: Migration): string => change;

const hasRisk = ({ steps = [] }: Migration, risk: string): boolean =>
  steps.some(({ risks = [] }) => risks.includes(risk));
