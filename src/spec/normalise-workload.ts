import type {
  Entity,
  EntityAccess,
  JsonSchema,
  Scale,
  SearchMethod,
  Sla,
  Structure,
  VectorMethod,
  Workload,
} from "./model.ts";
import { methodOf } from "./normalise-method.ts";
import { bytes, milliseconds, quantity } from "./quantities.ts";
import type { ScaleSpec, SearchMethodSpec, SlaSpec, VectorMethodSpec } from "./schema-access.ts";
import type { AuthoritySpec, SearchSpec, WorkloadSpec } from "./schema-workload.ts";
import type { StructureSpec } from "./schema-structure.ts";
import { predicate } from "./terms.ts";

/** How long a cache keeps an entry when the spec does not say: five minutes. */
const defaultTtlMs = 300_000;

export function workloadOf(
  name: string,
  given: WorkloadSpec,
  entities: ReadonlyMap<string, Entity>,
): Workload {
  const base = {
    name,
    ...(given.comment !== undefined && { comment: given.comment }),
    sla: slaOf(given.sla ?? {}),
    scale: scaleOf(given.scale ?? {}),
    requires: given.requires ?? [],
  };
  switch (given.kind) {
    case "search": {
      const fields = Object.entries(given.fields).map(([field, { weight = 1, facet = false }]) => ({
        field,
        weight,
        facet,
      }));
      const methods = Object.entries(given.access).map(([method, spec]) =>
        searchMethod(method, spec, given, entities),
      );
      return {
        ...base,
        kind: given.kind,
        from: given.from,
        fields,
        language: given.language ?? "simple",
        methods,
      };
    }
    case "vector": {
      const methods = Object.entries(given.access).map(([method, spec]) =>
        vectorMethod(method, spec),
      );
      return { ...base, kind: given.kind, from: given.from, field: given.field, methods };
    }
    case "cache":
      return {
        ...base,
        kind: given.kind,
        ...(given.from !== undefined && { from: given.from }),
        ttlMs: given.ttl === undefined ? defaultTtlMs : milliseconds(given.ttl),
        ...(given.memory !== undefined && { memoryBytes: bytes(given.memory) }),
        eviction: given.eviction ?? "allkeys-lru",
      };
    case "graph":
    case "analytical": {
      const listed = given.entities ?? (given.from === undefined ? [] : [given.from]);
      return {
        ...base,
        kind: given.kind,
        ...(given.from !== undefined && { from: given.from }),
        entities: listed,
      };
    }
    default:
      return {
        ...base,
        kind: given.kind,
        entities: given.entities,
        access: accessOf(given, entities),
        ...(given.structures !== undefined && {
          structures: Object.entries(given.structures).map(([structure, spec]) =>
            structureOf(structure, spec),
          ),
        }),
        ...(given.tenant === true && { tenant: given.tenant }),
      };
  }
}

function accessOf(
  given: AuthoritySpec,
  entities: ReadonlyMap<string, Entity>,
): readonly EntityAccess[] {
  return Object.entries(given.access ?? {}).flatMap(([name, methods]) => {
    const entity = entities.get(name);
    if (entity === undefined) return [];
    return [
      {
        entity: name,
        methods: Object.entries(methods).map(([method, spec]) => methodOf(method, spec, entity)),
      },
    ];
  });
}

/** What a stream keeps and a channel's reader may lag when the spec does not say. */
const defaultMaxLength = 10_000;
const defaultBuffer = 1_000;

function structureOf(name: string, spec: StructureSpec): Structure {
  const base = { name, ...(spec.comment !== undefined && { comment: spec.comment }) };
  const ttl = spec.ttl !== undefined && { ttlMs: milliseconds(spec.ttl) };
  const schema = spec.schema !== undefined && { schema: spec.schema as JsonSchema };
  switch (spec.type) {
    case "hash":
      return { ...base, type: spec.type, value: spec.value ?? "json", ...schema, ...ttl };
    case "sortedSet":
      return { ...base, type: spec.type, ...ttl };
    case "stream":
      return {
        ...base,
        type: spec.type,
        maxLength: spec.maxLength ?? defaultMaxLength,
        ...schema,
        ...ttl,
      };
    case "channel":
      return { ...base, type: spec.type, buffer: spec.buffer ?? defaultBuffer, ...schema };
  }
}

function searchMethod(
  name: string,
  method: SearchMethodSpec,
  workload: SearchSpec,
  entities: ReadonlyMap<string, Entity>,
): SearchMethod {
  const fields = entities.get(workload.from)?.fields ?? [];
  const isText = (field: string): boolean =>
    fields.some(
      ({ name: known, type }) =>
        known === field && (type.kind === "string" || type.kind === "text"),
    );
  const facets = Object.entries(workload.fields).flatMap(([field, { facet }]) =>
    facet === true ? [field] : [],
  );
  return {
    name,
    ...(method.comment !== undefined && { comment: method.comment }),
    text: method.text ?? Object.keys(workload.fields).filter(isText),
    filter: (method.filter ?? []).map(predicate),
    highlight: method.highlight === true,
    facets: method.facets ?? facets,
    page: method.page ?? "keyset",
  };
}

function vectorMethod(name: string, method: VectorMethodSpec): VectorMethod {
  return {
    name,
    ...(method.comment !== undefined && { comment: method.comment }),
    filter: (method.filter ?? []).map(predicate),
    ...(method.hybridWith !== undefined && { hybridWith: method.hybridWith }),
  };
}

function slaOf(given: SlaSpec): Sla {
  const { p99Ms, availability, consistency, freshnessSeconds, rpoSeconds, rtoSeconds } = given;
  return {
    ...(p99Ms !== undefined && { p99Ms }),
    ...(availability !== undefined && { availability }),
    ...(consistency !== undefined && { consistency }),
    ...(freshnessSeconds !== undefined && { freshnessSeconds }),
    ...(rpoSeconds !== undefined && { rpoSeconds }),
    ...(rtoSeconds !== undefined && { rtoSeconds }),
  };
}

function scaleOf(given: ScaleSpec): Scale {
  const { rows, readsPerSecond, writesPerSecond, processes, writeRegions, itemBytes } = given;
  return {
    ...(rows !== undefined && { rows: quantity(rows) }),
    ...(given.bytes !== undefined && { bytes: bytes(given.bytes) }),
    ...(readsPerSecond !== undefined && { readsPerSecond: quantity(readsPerSecond) }),
    ...(writesPerSecond !== undefined && { writesPerSecond: quantity(writesPerSecond) }),
    growth: given.growth === undefined ? 1 : quantity(given.growth),
    ...(processes !== undefined && { processes }),
    ...(writeRegions !== undefined && { writeRegions }),
    ...(itemBytes !== undefined && { itemBytes: bytes(itemBytes) }),
  };
}
