import { schemaFolder } from "../reconcile/tool-files.ts";
import type { MigrationFolder, StoredMigration } from "./folder.ts";
import { ancestorsOf } from "./lint.ts";
import { sealsOf, shortSeal } from "./seals.ts";
import { markPath, partPath } from "./snapshot-files.ts";

/** A file of a snapshot that lacks what migrations beside it make. */
export interface LostSide {
  readonly path: string;
  readonly message: string;
}

/**
 * Where a snapshot is as one branch left it although the migrations of another are there, too: after a merge in which one side was taken for
 * the whole. Its text is in order, so only the records tell: they hold what each change made of a part.
 */
export const lostSides = (folder: MigrationFolder): readonly LostSide[] => [
  ...[...folder.parts].flatMap(([part, { content }]) => lostInPart(folder, part, content)),
  ...unmarked(folder),
];

interface Made {
  readonly migration: StoredMigration;
  readonly before: string;
  readonly after: string;
}

function lostInPart(
  { store, migrations }: MigrationFolder,
  part: string,
  content: unknown,
): readonly LostSide[] {
  const made = migrations.flatMap((migration): readonly Made[] => {
    const seals = sealsOf(migration.seals, part);
    return seals === undefined ? [] : [{ migration, ...seals }];
  });
  if (made.length === 0) return [];
  const seal = shortSeal(content);
  const makers = made.filter(({ after }) => after === seal);
  const followers = made.filter(({ before }) => before === seal);
  if (makers.length + followers.length === 0) return [];
  const held = new Set([
    ...makers.map(({ migration }) => migration.id),
    ...[...makers, ...followers].flatMap(({ migration }) =>
      ancestorsOf(migration, migrations).map(({ id }) => id),
    ),
  ]);
  const lost = made.filter(({ migration }) => !held.has(migration.id));
  if (comesToNothing(lost)) return [];
  const whose = makers.length === 0 ? "before" : `as ${idsOf(makers)} made it, without`;
  return [{ path: partPath(store, part), message: `${part} is in it ${whose} ${idsOf(lost)}` }];
}

/** Changes that take each other back leave nothing that could be missed. */
const comesToNothing = (made: readonly Made[]): boolean =>
  made
    .map(({ before }) => before)
    .toSorted()
    .join() ===
  made
    .map(({ after }) => after)
    .toSorted()
    .join();

const idsOf = (made: readonly Made[]): string =>
  made.map(({ migration }) => migration.id).join(", ");

/**
 * Migrations whose mark is missing, while one that they stand on has its own: the folder is one branch's. What a person wrote has no
 * seals and no mark, and no earlier version of the tool made any.
 */
const unmarked = ({ store, migrations, recorded }: MigrationFolder): readonly LostSide[] =>
  migrations
    .filter(
      (migration) =>
        migration.seals !== undefined &&
        !recorded.includes(migration.id) &&
        ancestorsOf(migration, migrations).some(({ id }) => recorded.includes(id)),
    )
    .map(({ id }) => ({
      path: markPath(store, id),
      message: `it is not there, so the snapshot in ${schemaFolder}/${store} does not hold what ${id} makes`,
    }));
