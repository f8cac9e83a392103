import {
  methodSchema,
  measureSchema,
  scaleSchema,
  searchFieldSchema,
  searchMethodSchema,
  slaSchema,
  vectorMethodSchema,
} from "./schema-access.ts";
import { entitySchema, fieldSchema, indexSchema } from "./schema-entity.ts";
import {
  authoritySchema,
  cacheSchema,
  searchSchema,
  vectorSchema,
  waitingSchema,
  workloadKinds,
} from "./schema-workload.ts";
import { structureSchema } from "./schema-structure.ts";
import { budgetSchema, outputSchema, specSchema, storesSchema } from "./schema.ts";
import type { ObjectKind } from "./places.ts";

const shapes = {
  spec: specSchema,
  output: outputSchema,
  stores: storesSchema,
  budget: budgetSchema,
  entity: entitySchema,
  field: fieldSchema,
  index: indexSchema,
  sla: slaSchema,
  scale: scaleSchema,
  method: methodSchema,
  measure: measureSchema,
  searchMethod: searchMethodSchema,
  searchField: searchFieldSchema,
  vectorMethod: vectorMethodSchema,
  structure: structureSchema,
} as const;

const workloadShapes = {
  search: searchSchema,
  vector: vectorSchema,
  cache: cacheSchema,
  graph: waitingSchema,
  analytical: waitingSchema,
} as const;

/** Keys that a mapping of this kind may have; `workloadKind` chooses among workloads. */
export function knownKeys(kind: ObjectKind, workloadKind: unknown): readonly string[] {
  if (kind === "map") return [];
  if (kind !== "workload") return Object.keys(shapes[kind].shape);
  const special = Object.entries(workloadShapes).find(([name]) => name === workloadKind)?.[1];
  return Object.keys((special ?? authoritySchema).shape);
}

/** Kinds of workload that do have this key. */
export function kindsWith(key: string): readonly string[] {
  return workloadKinds.filter((kind) => knownKeys("workload", kind).includes(key));
}
