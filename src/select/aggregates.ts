import type { AuthorityWorkload, Entity, Model } from "../spec/model.ts";

/**
 * The entities of a Model by what selection asks for. A decision is tried with hundreds of other figures, and none of them changes the
 * entities: what is found once stands as long as their list.
 */
interface Known {
  readonly byName: ReadonlyMap<string, Entity>;
  readonly byOwner: ReadonlyMap<string | undefined, readonly Entity[]>;
  /** By a workload's list of its entities. */
  readonly aggregates: WeakMap<readonly string[], readonly Entity[]>;
}

const known = new WeakMap<Model["entities"], Known>();

function knownOf({ entities }: Model): Known {
  const found = known.get(entities) ?? {
    byName: new Map(entities.map((entity) => [entity.name, entity])),
    byOwner: Map.groupBy(entities, ({ owner }) => owner),
    aggregates: new WeakMap(),
  };
  known.set(entities, found);
  return found;
}

export const entityOf = (model: Model, name: string): Entity | undefined =>
  knownOf(model).byName.get(name);

/** The workload's aggregates with their owned children. */
export function aggregatesOf(model: Model, { entities }: AuthorityWorkload): readonly Entity[] {
  const { byName, byOwner, aggregates } = knownOf(model);
  const made = aggregates.get(entities);
  if (made !== undefined) return made;
  const found = entities.flatMap((name) => {
    const entity = byName.get(name);
    return [...(entity === undefined ? [] : [entity]), ...(byOwner.get(name) ?? [])];
  });
  const each = [...new Set(found)];
  aggregates.set(entities, each);
  return each;
}
