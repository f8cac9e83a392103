import type { EntityIr, FieldIr } from "../ir/types.ts";
import { tableName, typeName } from "../ir/names.ts";
import type { Problem } from "../spec/issues.ts";

/** An entity of the spec as far as its names go. */
export type NamedEntity = Pick<EntityIr, "name" | "was" | "table"> & {
  readonly fields: readonly Pick<FieldIr, "name" | "source">[];
};

/** The fields of each entity that the migrations of a store make, as the spec called them. */
export type HeldNames = ReadonlyMap<string, readonly string[]>;

/** A `was:` of the spec with what it stands in. */
interface Rename {
  readonly path: readonly string[];
  /** `field Order.note` */
  readonly title: string;
  readonly kind: "field" | "entity";
  readonly name: string;
  readonly was: string;
  /** Whether the spec says how it is called in the store: then it is renamed in the code alone. */
  readonly mapped: boolean;
  /** Names of its kind in the spec, and those that the migrations make. */
  readonly now: readonly string[];
  readonly held: readonly string[];
}

/** Whether a spec says of anything that it had a name which something else of its kind has: only then there is anything to look for. */
export const mayBeTaken = (entities: readonly NamedEntity[]): boolean =>
  renamesOf(entities, new Map()).some(({ was, now }) => now.includes(was));

/**
 * Former names that another field, or another entity, of the spec has, while the thing itself is there under its own name already: nothing is
 * renamed, whether the rename is done and its former name was used anew, or another name was meant.
 *
 * @param held what the migrations make
 */
export const takenRenames = (
  entities: readonly NamedEntity[],
  held: HeldNames,
): readonly Problem[] =>
  renamesOf(entities, held)
    .filter((rename) => rename.now.includes(rename.was) && rename.held.includes(rename.name))
    .map(({ path, title, kind, name, was }): Problem => ({
      path,
      at: "key",
      severity: "error",
      message: `${title} is there already, and so is the ${kind} ${was}, of which it says that it was called so: nothing is renamed`,
      hint: `where that rename is done, remove was:; where ${was} is to become ${name} now, first take this ${name} away or give it another name, migrate to the end (migrate up --contract), then rename ${was}`,
    }));

/**
 * Former names of what is there, which no migration ever made.
 *
 * @param mentions whether a migration names what was called so
 */
export const idleRenames = (
  entities: readonly NamedEntity[],
  held: HeldNames,
  mentions: (rename: Pick<Rename, "kind" | "was">) => boolean,
): readonly Problem[] =>
  renamesOf(entities, held)
    .filter(
      (rename) =>
        !rename.mapped &&
        rename.held.includes(rename.name) &&
        !rename.held.includes(rename.was) &&
        !mentions(rename),
    )
    .map(({ path, title, was }): Problem => ({
      path,
      at: "key",
      severity: "warning",
      message: `was: ${was} of ${title} has no effect: no migration has made anything of that name`,
      hint: "remove it, or write the name that was meant before the next change",
    }));

function renamesOf(entities: readonly NamedEntity[], held: HeldNames): readonly Rename[] {
  const names = { now: entities.map(({ name }) => name), held: [...held.keys()] };
  return entities.flatMap((entity): readonly Rename[] => {
    const own = {
      now: entity.fields.map(({ name }) => name),
      held: held.get(entity.name) ?? [],
    };
    return [
      ...(entity.was === undefined
        ? []
        : [
            {
              path: ["entities", entity.name, "was"],
              title: `entity ${entity.name}`,
              kind: "entity" as const,
              name: entity.name,
              was: typeName(entity.was),
              mapped: entity.table !== tableName(entity.name),
              ...names,
            },
          ]),
      ...entity.fields.flatMap(({ name, source: { was, column } }) =>
        was === undefined
          ? []
          : [
              {
                path: ["entities", entity.name, "fields", name, "was"],
                title: `field ${entity.name}.${name}`,
                kind: "field" as const,
                name,
                was,
                mapped: column !== undefined,
                ...own,
              },
            ],
      ),
    ];
  });
}
