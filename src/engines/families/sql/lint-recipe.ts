import type { Phase } from "../../../migrate/step.ts";

/** One part of the safe way. */
export interface RecipePart {
  readonly phase: Phase;
  /** SQL with the user's own names, each statement ended by a semicolon. */
  readonly sql: string;
  /** Outside of a transaction: a step of its own with `"transactional": false`. */
  readonly alone?: true;
  /** In a batch step, which repeats it until no row is left. */
  readonly batch?: true;
}

const phaseTitles: Readonly<Record<Phase, string>> = {
  expand: "expand, before the new code starts",
  backfill: "backfill, after expand",
  contract: "contract, when no old code runs any more",
};

/** The parts as SQL that can be copied, each under a comment that says when and how it runs. */
export const printRecipe = (parts: readonly RecipePart[]): string =>
  parts
    .map((part) => `-- ${[phaseTitles[part.phase], ...manner(part)].join("; ")}\n${part.sql}`)
    .join("\n");

function manner({ alone, batch }: RecipePart): readonly string[] {
  if (batch) return ["a batch step, repeated until no row is left"];
  return alone ? ['a step of its own, "transactional": false'] : [];
}

export const expand = (...statements: readonly string[]): RecipePart => ({
  phase: "expand",
  sql: statements.join("\n"),
});

export const contract = (...statements: readonly string[]): RecipePart => ({
  phase: "contract",
  sql: statements.join("\n"),
});

/** Outside of a transaction. */
export const alone = (sql: string, phase: Phase = "expand"): RecipePart => ({
  phase,
  sql,
  alone: true,
});
