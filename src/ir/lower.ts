import { lowerCache } from "../engines/families/cache/view.ts";
import { lowerRepository } from "../engines/families/record/repository.ts";
import { lowerSearch } from "../engines/families/search/view.ts";
import { lowerStructures } from "../engines/families/keyvalue/structures.ts";
import { lowerVector } from "../engines/families/vector/view.ts";
import type {
  AuthorityWorkload,
  CacheWorkload,
  Entity,
  Method,
  Model,
  SearchWorkload,
  VectorWorkload,
  Workload,
} from "../spec/model.ts";
import type { Plan, PlannedStore } from "../select/plan.ts";
import { bytesAfterGrowth, rowsAfterGrowth } from "../select/volume.ts";
import { deadlineFor } from "./deadline.ts";
import type { EntityContext } from "./entity.ts";
import { lowerEntity } from "./entity.ts";
import { entityIndex } from "./field.ts";
import { typeName } from "./names.ts";
import type { EntityIr, Ir, RepositoryIr, SearchViewIr, StoreIr, ViewIr } from "./types.ts";

type Entities = ReadonlyMap<string, EntityIr>;

/**
 * What to emit, store by store: the Model's meaning in the places that the Plan chose, with every identifier made.
 * Pure and total on a valid Model and its Plan; equal input gives equal output.
 */
export function lower(model: Model, plan: Plan): Ir {
  const context = entityContext(model);
  const entities = model.entities
    .filter((entity) => entity.owner === undefined)
    .map((entity) => lowerEntity(entity, context));
  const byName: Entities = new Map(
    entities.flatMap((entity) => [[entity.name, entity], ...childEntries(entity)]),
  );
  const place = storeOfWorkload(plan);
  const authority = storeOfEntity(model, place);
  const searches = lowerSearches(model, byName, place, authority);
  const inOrder = model.entities.flatMap((entity) => byName.get(typeName(entity.name)) ?? []);
  const ownStore = (entity: EntityIr): string | undefined =>
    authority.get(entity.owner ?? entity.name);
  return {
    project: model.project,
    output: model.output,
    entities: inOrder,
    stores: plan.stores.map((store) => {
      const served = model.workloads.filter((workload) => place.get(workload.name) === store.name);
      return assembleStore(store, served, model, {
        feeds: feedsOf(model, inOrder, { store: store.name, place, authority }),
        entities: inOrder.filter((entity) => ownStore(entity) === store.name),
        repositories: served
          .filter(isAuthority)
          .flatMap((workload) => repositoriesOf(workload, byName)),
        views: served.flatMap(
          (workload) =>
            viewOf(workload, { model, byName, store: store.name, authority, searches }) ?? [],
        ),
      });
    }),
  };
}

/** The entities of this store that a search or vector view in another one copies; a cache reads through its repository. */
function feedsOf(
  model: Model,
  entities: readonly EntityIr[],
  {
    store,
    place,
    authority,
  }: {
    readonly store: string;
    readonly place: ReadonlyMap<string, string>;
    readonly authority: ReadonlyMap<string, string>;
  },
): readonly EntityIr[] {
  const copied = model.workloads.flatMap((workload) =>
    (workload.kind === "search" || workload.kind === "vector") && place.get(workload.name) !== store
      ? [typeName(workload.from)]
      : [],
  );
  return entities.filter(({ name }) => copied.includes(name) && authority.get(name) === store);
}

const childEntries = (entity: EntityIr): readonly (readonly [string, EntityIr])[] =>
  entity.children.flatMap((child) => [
    [child.entity.name, child.entity] as const,
    ...childEntries(child.entity),
  ]);

function entityContext(model: Model): EntityContext {
  const owned = model.entities.filter((entity) => entity.owner !== undefined);
  return {
    entities: entityIndex(model),
    children: Map.groupBy(owned, (entity: Entity) => entity.owner ?? ""),
    methods: methodsByEntity(model.workloads.filter(isAuthority)),
  };
}

function methodsByEntity(
  workloads: readonly AuthorityWorkload[],
): ReadonlyMap<string, readonly Method[]> {
  const found = new Map<string, Method[]>();
  for (const { entity, methods } of workloads.flatMap((workload) => workload.access)) {
    found.set(entity, [...(found.get(entity) ?? []), ...methods]);
  }
  return found;
}

/** Kinds of workload that hold the rows themselves. */
export const authorityKinds: ReadonlySet<string> = new Set<Workload["kind"]>([
  "transactional",
  "document",
  "keyvalue",
  "timeseries",
  "widecolumn",
]);

export const isAuthority = (workload: Workload): workload is AuthorityWorkload =>
  authorityKinds.has(workload.kind);

const storeOfWorkload = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(plan.decisions.map((decision) => [decision.workload, decision.store]));

/** Which store is the authority of each root entity. */
function storeOfEntity(
  model: Model,
  place: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const workload of model.workloads.filter(isAuthority)) {
    const store = place.get(workload.name);
    if (store !== undefined)
      for (const entity of workload.entities) found.set(typeName(entity), store);
  }
  return found;
}

/** Search views first: a hybrid vector search fuses one, in whichever order the spec names them. */
function lowerSearches(
  model: Model,
  byName: Entities,
  place: ReadonlyMap<string, string>,
  authority: ReadonlyMap<string, string>,
): ReadonlyMap<string, SearchViewIr> {
  const searches = model.workloads.filter(
    (workload): workload is SearchWorkload => workload.kind === "search",
  );
  return new Map(
    searches.flatMap((workload) => {
      const [entity, store] = [byName.get(typeName(workload.from)), place.get(workload.name)];
      const sourceStore = entity === undefined ? undefined : authority.get(entity.name);
      if (entity === undefined || store === undefined || sourceStore === undefined) return [];
      const rows = rowsAfterGrowth(model, workload);
      return [[workload.name, lowerSearch(workload, { entity, store, sourceStore }, rows)]];
    }),
  );
}

interface ViewContext {
  readonly model: Model;
  readonly byName: Entities;
  readonly store: string;
  readonly authority: ReadonlyMap<string, string>;
  readonly searches: ReadonlyMap<string, SearchViewIr>;
}

function viewOf(workload: Workload, context: ViewContext): ViewIr | undefined {
  switch (workload.kind) {
    case "search":
      return context.searches.get(workload.name);
    case "vector":
      return vectorOf(workload, context);
    case "cache":
      return cacheOf(workload, context);
    default:
      return undefined;
  }
}

function vectorOf(
  workload: VectorWorkload,
  { model, byName, store, authority, searches }: ViewContext,
): ViewIr | undefined {
  const entity = byName.get(typeName(workload.from));
  const sourceStore = entity === undefined ? undefined : authority.get(entity.name);
  if (entity === undefined || sourceStore === undefined) return undefined;
  const rows = rowsAfterGrowth(model, workload);
  return lowerVector(workload, { entity, store, sourceStore }, searches, rows);
}

function cacheOf(workload: CacheWorkload, { byName, store, authority }: ViewContext): ViewIr {
  const entity = workload.from === undefined ? undefined : byName.get(typeName(workload.from));
  const sourceStore = entity === undefined ? undefined : authority.get(entity.name);
  return entity === undefined || sourceStore === undefined
    ? lowerCache(workload, { store })
    : lowerCache(workload, { store, entity, sourceStore });
}

function repositoriesOf(workload: AuthorityWorkload, byName: Entities): readonly RepositoryIr[] {
  return workload.access.flatMap(({ entity: name, methods }) => {
    const entity = byName.get(typeName(name));
    return entity === undefined ? [] : [lowerRepository(entity, workload.name, methods)];
  });
}

function structuresOf(
  workloads: readonly AuthorityWorkload[],
): Pick<StoreIr, "structures"> | undefined {
  const structures = workloads.flatMap((workload) => lowerStructures(workload) ?? []);
  return structures.length === 0 ? undefined : { structures };
}

function assembleStore(
  store: PlannedStore,
  served: readonly Workload[],
  model: Model,
  parts: Pick<StoreIr, "entities" | "repositories" | "views" | "feeds">,
): StoreIr {
  const authorities = served.filter(isAuthority);
  const sizes = authorities.flatMap((workload) => bytesAfterGrowth(model, workload) ?? []);
  const losses = authorities.flatMap(({ sla }) => sla.rpoSeconds ?? []);
  const structures = structuresOf(authorities);
  const scoped = [
    ...parts.entities,
    ...parts.views.flatMap((view) => view.entity ?? []),
    ...(structures?.structures ?? []),
  ];
  return {
    name: store.name,
    typePrefix: typeName(store.name),
    engine: store.engine,
    ...(store.env === undefined ? {} : { env: store.env }),
    ports: store.ports,
    ...parts,
    ...structures,
    deadlineMs: deadlineFor(served.map((workload) => workload.sla.p99Ms)),
    tenantScoped: scoped.some(({ tenant }) => tenant !== undefined),
    ...(sizes.length > 0 && { datasetBytes: sizes.reduce((sum, size) => sum + size, 0) }),
    ...(losses.length > 0 && { rpoSeconds: Math.min(...losses) }),
  };
}
