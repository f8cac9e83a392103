import { stepsOf } from "../../../templates/runtime/migrate-steps.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";
import type { RehearsalStore, RowQuestion } from "./store.ts";

/** A step that stopped at rows for which it asks, as its plan says: a store that has such rows stops there, too, until they are mended. */
export interface Refusal extends RowQuestion {
  readonly migration: string;
  readonly step: string;
  /** What whoever migrates reads: which rows they are, and how they are found. */
  readonly message: string;
}

/** The question that a step of a change failed at; undefined for a failure that none announces. */
export function refusalOf(
  error: unknown,
  store: Pick<RehearsalStore, "questions" | "target">,
  change: readonly Migration[],
): Refusal | undefined {
  const message = error instanceof Error ? error.message : String(error);
  for (const migration of change) {
    for (const { name, up } of stepsOf(store.target, migration)) {
      const question = store.questions(up.text).find(({ reason }) => message.includes(reason));
      if (question !== undefined)
        return { ...question, migration: migration.id, step: name, message };
    }
  }
  return undefined;
}

export const isSame = (one: Refusal, other: Refusal): boolean =>
  one.reason === other.reason && one.where === other.where;

/** One line: what production will see, and what to do there. */
export const refusalText = ({ migration, step, reason }: Refusal): string =>
  `rows of before may be refused, as step ${step} of ${migration} says: ${reason}. A store that has such rows stops there, and is told which they are: mend or delete them, and migrate up goes on. Rehearsed with rows that pass`;
