import { withAncestors } from "../../../templates/runtime/migrate-status.ts";
import type { Migration } from "../../../templates/runtime/migration.ts";

/** A change with everything that it stands on. */
export interface ChosenChange {
  readonly base: readonly Migration[];
  readonly change: readonly Migration[];
}

/**
 * The change to rehearse: all migrations of one change.
 *
 * @param name id or name of one of its migrations (`0003-add-note`, `add-note`); the newest change by default
 * @returns undefined when there is none
 */
export function chosenChange(
  migrations: readonly Migration[],
  name: string | undefined,
): ChosenChange | undefined {
  const found =
    name === undefined
      ? migrations.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1)
      : (migrations.find(({ id }) => id === name) ??
        migrations.find(({ id }) => id.replace(/^\d+-/, "") === name));
  if (found === undefined) return undefined;
  const changeOf = ({ id, change }: Migration): string => change ?? id;
  const change = migrations
    .filter((each) => changeOf(each) === changeOf(found))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const own = new Set(change.map(({ id }) => id));
  const below = new Set(change.flatMap(({ id }) => [...withAncestors(id, migrations)]));
  return { change, base: migrations.filter(({ id }) => below.has(id) && !own.has(id)) };
}
