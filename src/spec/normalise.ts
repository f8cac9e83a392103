import type { Entity, Model, StorePreferences } from "./model.ts";
import { entityOf } from "./normalise-entity.ts";
import { workloadOf } from "./normalise-workload.ts";
import type { Spec, StoresSpec } from "./schema.ts";

/**
 * Spec → Model: every default explicit, the fields that switches imply added, orders made total. Pure; `spec` has passed the
 * validator.
 */
export function normalise(spec: Spec, byName = normaliseEntities(spec)): Model {
  return {
    version: 1,
    project: spec.project,
    output: {
      dir: folderOf(spec.output?.dir ?? "src/data"),
      importExtension: spec.output?.importExtension ?? ".ts",
      package: folderOf(spec.output?.package ?? "."),
    },
    stores: preferences(spec.stores ?? {}),
    entities: [...byName.values()],
    workloads: Object.entries(spec.workloads).map(([name, workload]) =>
      workloadOf(name, workload, byName),
    ),
  };
}

/** The entities by name, in the order of the spec. */
export function normaliseEntities(spec: Spec): ReadonlyMap<string, Entity> {
  return new Map(
    Object.entries(spec.entities).map(([name, entity]) => [name, entityOf(name, entity, spec)]),
  );
}

/** Without `./` in front and `/` at the end. */
function folderOf(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.length === 0 ? "." : segments.join("/");
}

function preferences(stores: StoresSpec): StorePreferences {
  return {
    running: stores.running ?? [],
    never: stores.never ?? [],
    hosting: stores.hosting ?? "self-managed",
    ...(stores.budget?.engines !== undefined && { maxEngines: stores.budget.engines }),
    names: { ...stores.names },
  };
}
