import fc from "fast-check";
import type {
  CacheWorkload,
  Entity,
  Field,
  Model,
  Scale,
  Workload,
} from "../../../src/spec/model.ts";

const field = (name: string, type: Field["type"], key = false): Field => ({
  name,
  role: "data",
  type,
  key,
  nullable: false,
  generated: "client",
  unique: false,
  pii: false,
});

const entity = (name: string, tenant: boolean, dimensions: number): Entity => ({
  name,
  fields: [
    field("id", { kind: "uuid" }, true),
    field("title", { kind: "string", max: 100 }),
    field("embedding", { kind: "vector", dimensions, metric: "cosine" }),
  ],
  key: ["id"],
  keyless: false,
  ...(tenant ? { tenant: "tenantId" } : {}),
  version: false,
  audit: false,
  softDelete: false,
  timestamps: true,
  indexes: [],
  unique: [],
  checks: {},
  dependencies: [],
});

/** Requirement words of different families: some met by one engine, some by several, some by none. */
const words = [
  "transactions",
  "tenant-isolation",
  "persistence",
  "joins",
  "flexible-schema",
  "pub-sub",
  "geospatial",
];

/** Mostly modest, now and then beyond what one primary takes. */
const rate = fc.option(
  fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 90_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 6_000_000 }) },
  ),
  { nil: undefined },
);

const scale: fc.Arbitrary<Scale> = fc
  .record({
    rows: fc.option(fc.integer({ min: 1, max: 10_000_000 }), { nil: undefined }),
    growth: fc.integer({ min: 1, max: 20 }),
    readsPerSecond: rate,
    writesPerSecond: rate,
    processes: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 1 }),
  })
  .map(
    ({ growth, ...given }) =>
      ({
        growth,
        ...Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)),
      }) as Scale,
  );

type Shape = {
  readonly kind: "transactional" | "document";
  readonly scale: Scale;
  readonly requires: string[];
};

const authority = ({ kind, scale: size, requires }: Shape, at: number): Workload => ({
  name: `authority-${at}`,
  kind,
  sla: {},
  scale: size,
  requires,
  entities: [`Entity${at}`],
  access: [
    {
      entity: `Entity${at}`,
      methods: [
        { name: "get", op: "get" },
        { name: "add", op: "insert", bulk: false },
      ],
    },
  ],
});

const search = (at: number, size: Scale, requires: readonly string[]): Workload => ({
  name: `search-${at}`,
  kind: "search",
  from: `Entity${at}`,
  sla: {},
  scale: size,
  requires,
  fields: [{ field: "title", weight: 1, facet: false }],
  language: "simple",
  methods: [],
});

const vector = (at: number, size: Scale): Workload => ({
  name: `vector-${at}`,
  kind: "vector",
  from: `Entity${at}`,
  sla: {},
  scale: size,
  requires: [],
  field: "embedding",
  methods: [],
});

const cache = (
  at: number,
  size: Scale,
  eviction: CacheWorkload["eviction"],
  ttlMs: number,
): Workload => ({
  name: `cache-${at}`,
  kind: "cache",
  from: `Entity${at}`,
  sla: {},
  scale: size,
  requires: [],
  ttlMs,
  memoryBytes: 64 * 2 ** 20,
  eviction,
});

/** Models of one to four aggregates, each perhaps with a search view, a vector view and a cache. */
export function models(engines: readonly string[]): fc.Arbitrary<Model> {
  const some = fc.subarray([...engines]);
  const part = fc.record({
    shape: fc.record({
      kind: fc.constantFrom("transactional" as const, "document" as const),
      scale,
      requires: fc.oneof(
        { weight: 9, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.subarray(words, { maxLength: 1 }) },
      ),
    }),
    tenant: fc.nat(3).map((n) => n === 0),
    search: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: scale },
    ),
    // Now and then more than the authority's own full text does.
    misspelt: fc.nat(2).map((n) => n === 0),
    vector: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: scale },
    ),
    // Now and then more than pgvector indexes.
    dimensions: fc.constantFrom(384, 384, 3_072),
    cache: fc.option(
      fc.record({
        scale,
        eviction: fc.constantFrom(
          "allkeys-lru" as const,
          "allkeys-lfu" as const,
          "noeviction" as const,
        ),
        ttlMs: fc.integer({ min: 1_000, max: 10_000_000_000 }),
      }),
      { nil: undefined },
    ),
  });
  return fc
    .record({
      parts: fc.array(part, { minLength: 1, maxLength: 4 }),
      running: some,
      never: fc.oneof({ weight: 12, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some }),
      hosting: fc.constantFrom(
        "self-managed",
        "aws",
        "self-managed",
        "gcp",
        "azure",
        "embedded",
      ) as fc.Arbitrary<Model["stores"]["hosting"]>,
    })
    .map(({ parts, running, never, hosting }) => ({
      version: 1,
      project: "generated",
      output: { dir: "src/data", importExtension: ".ts", package: "." },
      stores: { running, never, hosting, names: {} },
      entities: parts.map(({ tenant, dimensions }, at) =>
        entity(`Entity${at}`, tenant, dimensions),
      ),
      workloads: parts.flatMap(
        ({ shape, search: view, misspelt, vector: near, cache: copy }, at) => [
          authority(shape, at),
          ...(view ? [search(at, view, misspelt ? ["typo-tolerance"] : [])] : []),
          ...(near ? [vector(at, near)] : []),
          ...(copy ? [cache(at, copy.scale, copy.eviction, copy.ttlMs)] : []),
        ],
      ),
    }));
}

export const requirementSamples: readonly string[] = words;
