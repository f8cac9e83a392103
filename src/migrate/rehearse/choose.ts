import { withAncestors } from "../../../templates/runtime/migrate-status.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";

/** A change with everything that it stands on. */
export interface ChosenChange {
  readonly base: readonly Migration[];
  readonly change: readonly Migration[];
}

/** Which changes are meant: one by its name, all, those with a migration that is not known elsewhere, or the newest. */
export interface ChangeChoice {
  /** Id or name of one of its migrations: `0003-add-note`, `add-note`. */
  readonly name?: string | undefined;
  readonly all?: boolean | undefined;
  /** Ids that are there without the branch at hand. */
  readonly known?: ReadonlySet<string> | undefined;
}

const changeOf = ({ id, change }: Migration): string => change ?? id;

const byId = (a: Migration, b: Migration): number => (a.id < b.id ? -1 : 1);

/** The changes to rehearse, each with what it stands on, in their order. */
export function chosenChanges(
  migrations: readonly Migration[],
  { name, all, known }: ChangeChoice,
): readonly ChosenChange[] {
  const sorted = migrations.toSorted(byId);
  const chosen =
    name !== undefined
      ? [
          sorted.find(({ id }) => id === name) ??
            sorted.find(({ id }) => id.replace(/^\d+-/, "") === name),
        ]
      : all === true
        ? sorted
        : known !== undefined
          ? sorted.filter(({ id }) => !known.has(id))
          : [sorted.at(-1)];
  const changes = new Set(chosen.flatMap((each) => (each === undefined ? [] : [changeOf(each)])));
  return [...changes].map((id) => wholeChange(sorted, id));
}

function wholeChange(migrations: readonly Migration[], name: string): ChosenChange {
  const change = migrations.filter((each) => changeOf(each) === name);
  const own = new Set(change.map(({ id }) => id));
  const below = new Set(change.flatMap(({ id }) => [...withAncestors(id, migrations)]));
  return { change, base: migrations.filter(({ id }) => below.has(id) && !own.has(id)) };
}
