import { z } from "zod";
import {
  methodSchema,
  requiresSchema,
  scaleSchema,
  searchFieldSchema,
  searchMethodSchema,
  slaSchema,
  vectorMethodSchema,
} from "./schema-access.ts";
import { structureSchema } from "./schema-structure.ts";
import * as value from "./schema-values.ts";

/** Shapes of workloads, one per kind. */

export const authorityKinds = [
  "transactional",
  "document",
  "keyvalue",
  "timeseries",
  "widecolumn",
] as const;
export const viewKinds = ["search", "vector", "cache", "graph", "analytical"] as const;
export const workloadKinds = [...authorityKinds, ...viewKinds] as const;

const common = {
  comment: value.text.optional().describe("What the workload is for."),
  sla: slaSchema.optional().describe("What the workload promises."),
  scale: scaleSchema.optional().describe("How much of it there is."),
  requires: requiresSchema,
};

const from = value.entityRef.describe(
  "Entity that the view is derived from; it has no write method.",
);

export const authoritySchema = z.strictObject({
  kind: value
    .oneOf(authorityKinds)
    .describe("An authority: the only place where its entities are written."),
  ...common,
  entities: z
    .array(value.entityRef)
    .describe("Root entities this workload is the authority for; owned children come with them."),
  access: z
    .record(value.entityName, z.record(value.memberName, methodSchema))
    .optional()
    .describe("Per entity, per method of its repository."),
  structures: z
    .record(value.memberName, structureSchema)
    .optional()
    .describe("keyvalue: structures for real-time work, by name."),
  tenant: value.flag
    .optional()
    .describe("keyvalue: its structures belong to tenants, so only forTenant has them."),
});

export const searchSchema = z.strictObject({
  kind: z.literal("search").describe("Full-text search over an entity."),
  ...common,
  from,
  fields: z
    .record(value.memberName, searchFieldSchema)
    .describe("Indexed fields with weight and facet."),
  language: value.text
    .regex(/^[a-z]{2,32}$/, { error: () => "a language in small letters, such as english" })
    .optional()
    .describe(
      "Language of stemming and stop words, such as english; simple (none) by default. reference.md lists those of each engine.",
    ),
  access: z.record(value.memberName, searchMethodSchema).describe("Search methods by name."),
});

export const vectorSchema = z.strictObject({
  kind: z.literal("vector").describe("Nearest neighbours over a vector field."),
  ...common,
  from,
  field: value.fieldRef.describe("The vector field."),
  access: z
    .record(value.memberName, vectorMethodSchema)
    .describe("Nearest-neighbour methods by name."),
});

export const cacheSchema = z.strictObject({
  kind: z.literal("cache").describe("Copies that may vanish at any time; never authoritative."),
  ...common,
  from: value.entityRef
    .optional()
    .describe(
      "Entity that is read through; it belongs to no tenant, for a cached key does not say to which: what is cached per tenant goes into a cache without from. Without it the cache has get, set and ttl.",
    ),
  ttl: value.duration.optional().describe("How long an entry lives; 5m by default."),
  memory: value.size.optional().describe("Memory for entries."),
  eviction: value
    .oneOf(["allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "noeviction"])
    .optional()
    .describe("What goes first when memory is full; allkeys-lru by default."),
});

export const waitingSchema = z.strictObject({
  kind: value
    .oneOf(["graph", "analytical"])
    .describe("Validated and planned for; generated once an engine for it is registered."),
  ...common,
  from: value.entityRef.optional().describe("Entity that the view is derived from."),
  entities: z
    .array(value.entityRef)
    .optional()
    .describe("Entities that the view is derived from, when it is more than one."),
});

export const workloadSchema = z.discriminatedUnion("kind", [
  authoritySchema,
  searchSchema,
  vectorSchema,
  cacheSchema,
  waitingSchema,
]);

export type AuthoritySpec = z.infer<typeof authoritySchema>;
export type SearchSpec = z.infer<typeof searchSchema>;
export type VectorSpec = z.infer<typeof vectorSchema>;
export type CacheSpec = z.infer<typeof cacheSchema>;
export type WaitingSpec = z.infer<typeof waitingSchema>;
export type WorkloadSpec = z.infer<typeof workloadSchema>;
