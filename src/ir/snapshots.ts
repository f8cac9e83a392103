import type { Entity, Model } from "../spec/model.ts";
import type { Plan } from "../select/plan.ts";

/**
 * What the next migration is computed from, by unit of the stored base: each root entity with its owned children, each store with the
 * workloads it serves. Stored from the first release on, so that no project begins without its past.
 */
export function snapshots(model: Model, plan: Plan): ReadonlyMap<string, unknown> {
  const owned = Map.groupBy(model.entities, ({ owner }) => owner);
  const roots = owned.get(undefined) ?? [];
  const entities = roots.map(
    (root) => [`entities/${root.name}`, { entities: family(root, owned) }] as const,
  );
  const stores = plan.stores.map(
    ({ name, engine, workloads }) =>
      [
        `stores/${name}`,
        {
          engine,
          workloads: model.workloads.filter((workload) => workloads.includes(workload.name)),
        },
      ] as const,
  );
  return new Map<string, unknown>([...entities, ...stores]);
}

type Owned = ReadonlyMap<string | undefined, readonly Entity[]>;

function family(root: Entity, owned: Owned): readonly Entity[] {
  const children = owned.get(root.name) ?? [];
  return [root, ...children.flatMap((child) => family(child, owned))];
}
