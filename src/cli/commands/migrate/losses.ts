import { planChange, type StoreChange } from "../../../migrate/change.ts";
import type { ChangeContext } from "../../../migrate/step.ts";
import { type MovedEntity, movedText } from "../../moved-entities.ts";
import type { MigratedStore } from "../../schema-stage.ts";

/** A store with the change that is planned for it. */
export interface PlannedStore extends MigratedStore {
  readonly change: StoreChange;
  readonly context: ChangeContext;
}

/** What a change loses for good. */
export interface Loss {
  /** As `--allow-destructive` names it: `orders.note`, `orders`. */
  readonly destroys: string;
  readonly title: string;
  /** Its rows stay in another store, instead of being dropped. */
  readonly moved: boolean;
}

/** Everything that the changes would lose, also behind a value that is still asked for. */
export function lossesOf(
  planned: readonly PlannedStore[],
  unmade: readonly MovedEntity[],
): readonly Loss[] {
  const dropped = planned.flatMap((each) =>
    answered(each).migrations.flatMap(({ steps }) =>
      steps.flatMap(({ destroys, title }) =>
        destroys === undefined ? [] : [{ destroys, title, moved: false }],
      ),
    ),
  );
  const left = unmade.map((each) => ({
    destroys: each.entity.table,
    title: movedText(each),
    moved: true,
  }));
  return [...dropped, ...left];
}

/** With any value in place of those that are asked for: none changes what is lost. */
function answered({ planner, folder, change, context }: PlannedStore): StoreChange {
  if (change.questions.length === 0) return change;
  const stand = Object.fromEntries(change.questions.map(({ about }) => [about, "null"]));
  return planChange(planner, folder, {
    context: { ...context, values: { ...context.values, ...stand } },
  });
}

/** `orders.note: its data would be lost (column note is dropped)` */
export const lossText = ({ destroys, title, moved }: Loss): string =>
  moved ? `${destroys}: ${title}` : `${destroys}: its data would be lost (${title})`;

/** What allows losses that nobody has allowed yet. */
export function allowanceText(losses: readonly Loss[]): string {
  const names = new Set(losses.map(({ destroys }) => destroys));
  const allow = [...names].map((name) => `--allow-destructive ${name}`).join(" ");
  const renamed = losses.every(({ moved }) => moved)
    ? ""
    : "; if it was renamed, say so by was: in the spec";
  return `${allow}${renamed}`;
}
