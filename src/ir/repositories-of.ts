import type { EntityIr, RepositoryIr, StoreIr } from "./types.ts";

const known = new WeakMap<StoreIr, ReadonlyMap<EntityIr, readonly RepositoryIr[]>>();

/** The repositories of an entity in a store: each workload that works with it has its own. Looked up, for a store of a thousand. */
export function repositoriesOf(entity: EntityIr, store: StoreIr): readonly RepositoryIr[] {
  let byEntity = known.get(store);
  if (byEntity === undefined) {
    byEntity = Map.groupBy(store.repositories, (repository) => repository.entity);
    known.set(store, byEntity);
  }
  return byEntity.get(entity) ?? [];
}
