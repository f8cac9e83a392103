/**
 * The Model: what the user means, with every default made explicit. Built by `normalise` from a valid spec; plain data, deeply
 * read-only, serialisable as JSON, in a stable order (entities and workloads in the order of the spec).
 */

export type ScalarType =
  | "uuid"
  | "string"
  | "text"
  | "int"
  | "bigint"
  | "decimal"
  | "float"
  | "boolean"
  | "date"
  | "timestamp"
  | "json"
  | "binary"
  | "enum";

export type FieldType = LogicalType & {
  /** Type of an existing column in its store's own words: `stored: { type: … }`. It keeps its own limits. */
  readonly native?: string;
};

export type LogicalType =
  | { readonly kind: Exclude<ScalarType, "string" | "decimal" | "json" | "enum"> }
  | { readonly kind: "string"; readonly max: number }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "json"; readonly schema?: JsonSchema }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "array"; readonly of: ArrayElement; readonly max?: number }
  | { readonly kind: "vector"; readonly dimensions: number; readonly metric: VectorMetric };

export type ArrayElement =
  | "uuid"
  | "string"
  | "text"
  | "int"
  | "bigint"
  | "decimal"
  | "float"
  | "boolean"
  | "date"
  | "timestamp";

export type VectorMetric = "cosine" | "l2" | "ip";

/** A JSON Schema document as the user gave it (inline or from a file), already read. */
export type JsonSchema = { readonly [key: string]: Json };
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Why a field exists: the user's own data, or a column that a switch of the entity implies. */
export type FieldRole =
  | "data"
  | "tenant"
  | "version"
  | "createdAt"
  | "updatedAt"
  | "deletedAt"
  | "ownerKey";

export type OnDelete = "restrict" | "cascade" | "set-null";

export interface Reference {
  readonly entity: string;
  /** The key field of the referenced entity this field holds. */
  readonly field: string;
  readonly onDelete: OnDelete;
}

export interface Field {
  /** As written in the spec: camelCase. */
  readonly name: string;
  readonly role: FieldRole;
  readonly type: FieldType;
  readonly key: boolean;
  readonly nullable: boolean;
  /** `client` (uuid v7 made by the client), `database` (sequence or database uuid) or `caller` (must be given). */
  readonly generated: "client" | "database" | "caller";
  readonly unique: boolean;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly default?: Json;
  /** SQL expression by which an existing column is filled: `stored: { default: … }`; then `generated` is `database`. */
  readonly storedDefault?: string;
  /** `stored: { identity: always }`: the database numbers the existing key and refuses a number that a statement gives without a word. */
  readonly storedIdentity?: "always";
  readonly pii: boolean;
  readonly reference?: Reference;
  /** Explicit `column:` mapping. */
  readonly column?: string;
  readonly was?: string;
  readonly comment?: string;
}

export interface OrderTerm {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface Index {
  readonly name?: string;
  /** Field terms, or one SQL expression for an expression index. */
  readonly terms: readonly (OrderTerm | { readonly expression: string })[];
  readonly method?: "btree" | "gin" | "gist" | "brin" | "hash" | "fulltext";
  readonly unique: boolean;
  /** SQL condition of a partial index. */
  readonly where?: string;
  readonly comment?: string;
}

/** Of which rows each part of a table holds. */
export type Partition =
  /** Those of one calendar unit (UTC) of a date or timestamp. */
  | { readonly kind: "range"; readonly field: string; readonly every: PartitionPeriod }
  /** Those whose value has the same hash modulo `count`. */
  | { readonly kind: "hash"; readonly field: string; readonly count: number };

export type PartitionPeriod = "day" | "month" | "year";

export interface Entity {
  readonly name: string;
  readonly table?: string;
  readonly comment?: string;
  readonly was?: string;
  /** The user's fields in spec order, then the implied ones (tenant, ownerKey first among keys; version, timestamps, deletedAt last). */
  readonly fields: readonly Field[];
  /** Names of the key fields in order; empty only for `keyless: true`. An owned child's key starts with its owner's key. */
  readonly key: readonly string[];
  readonly keyless: boolean;
  /** Name of the tenant field. */
  readonly tenant?: string;
  /** The root entity that owns this child. */
  readonly owner?: string;
  /** Of an owned child: how many one owner is expected to have. */
  readonly perOwner?: number;
  readonly partition?: Partition;
  readonly version: boolean;
  readonly audit: boolean;
  readonly softDelete: boolean;
  readonly timestamps: boolean;
  readonly indexes: readonly Index[];
  readonly unique: readonly (readonly string[])[];
  /** Name → SQL condition. */
  readonly checks: Readonly<Record<string, string>>;
  /** Name that would be made → name of the constraint in an existing schema. */
  readonly constraints?: Readonly<Record<string, string>>;
  /** Functional dependencies: determinant → dependent field names. */
  readonly dependencies: readonly {
    readonly determinant: readonly string[];
    readonly dependent: readonly string[];
  }[];
}

/** `field` equals a value, or lies in a range. */
export interface Predicate {
  readonly field: string;
  readonly operator: "eq" | "range";
}

export interface GroupTerm {
  readonly field: string;
  /** Calendar unit a timestamp or date is truncated to (UTC). */
  readonly unit?: "hour" | "day" | "week" | "month" | "year";
}

export type Measure =
  | { readonly kind: "count" }
  | { readonly kind: "sum" | "avg" | "min" | "max"; readonly field: string };

interface MethodBase {
  /** The name of the repository method. */
  readonly name: string;
  readonly comment?: string;
}

export type Method =
  | (MethodBase & { readonly op: "get" })
  | (MethodBase & {
      readonly op: "list";
      readonly where: readonly Predicate[];
      readonly optional: readonly Predicate[];
      /** Total: no two rows are equal in it. It ends with the key unless a unique constraint says so without it. */
      readonly orderBy: readonly OrderTerm[];
      readonly page: "keyset" | "none";
    })
  | (MethodBase & {
      readonly op: "aggregate";
      readonly where: readonly Predicate[];
      readonly optional: readonly Predicate[];
      readonly groupBy: readonly GroupTerm[];
      readonly measures: readonly Measure[];
    })
  | (MethodBase & { readonly op: "insert"; readonly bulk: boolean })
  | (MethodBase & { readonly op: "patch"; readonly fields: readonly string[] })
  | (MethodBase & { readonly op: "upsert"; readonly bulk: boolean; readonly ttlMs?: number })
  | (MethodBase & { readonly op: "delete" })
  | (MethodBase & {
      readonly op: "increment";
      readonly field: string;
      readonly by: "any" | "positive" | "negative";
      readonly floor?: number;
      readonly ceiling?: number;
    })
  | (MethodBase & { readonly op: "history" });

export interface EntityAccess {
  readonly entity: string;
  readonly methods: readonly Method[];
}

export interface Sla {
  readonly p99Ms?: number;
  /** Percent, e.g. 99.95. */
  readonly availability?: number;
  readonly consistency?: "strong" | "session" | "eventual";
  readonly freshnessSeconds?: number;
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
}

export interface Scale {
  readonly rows?: number;
  readonly bytes?: number;
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
  /** Factor over the planning horizon; 1 when not given. */
  readonly growth: number;
  /** Application processes that share the workload; 1 means one process. */
  readonly processes?: number;
  /** Regions that must accept writes. */
  readonly writeRegions?: number;
  readonly itemBytes?: number;
}

interface WorkloadBase {
  readonly name: string;
  readonly comment?: string;
  readonly sla: Sla;
  readonly scale: Scale;
  /** Explicit requirements: closed list, see `Requirement` in select. */
  readonly requires: readonly string[];
}

export type AuthorityKind = "transactional" | "document" | "keyvalue" | "timeseries" | "widecolumn";
export type ViewKind = "search" | "vector" | "cache" | "graph" | "analytical";
export type WorkloadKind = AuthorityKind | ViewKind;

/** The authority for its entities: the only place where they are written. */
export interface AuthorityWorkload extends WorkloadBase {
  readonly kind: AuthorityKind;
  readonly entities: readonly string[];
  readonly access: readonly EntityAccess[];
  /** Of a key-value workload that declares some. */
  readonly structures?: readonly Structure[];
  /** Its structures belong to tenants. */
  readonly tenant?: true;
}

interface StructureBase {
  readonly name: string;
  readonly comment?: string;
}

export type StructureValue =
  | "string"
  | "int"
  | "bigint"
  | "float"
  | "boolean"
  | "timestamp"
  | "json";

/** A structure for real-time work: a family of which each is named by a key. */
export type Structure = StructureBase &
  (
    | {
        readonly type: "hash";
        readonly value: StructureValue;
        readonly schema?: JsonSchema;
        readonly ttlMs?: number;
      }
    | { readonly type: "sortedSet"; readonly ttlMs?: number }
    | {
        readonly type: "stream";
        readonly schema?: JsonSchema;
        readonly maxLength: number;
        readonly ttlMs?: number;
      }
    | { readonly type: "channel"; readonly schema?: JsonSchema; readonly buffer: number }
  );

export interface SearchWorkload extends WorkloadBase {
  readonly kind: "search";
  readonly from: string;
  readonly fields: readonly {
    readonly field: string;
    readonly weight: number;
    readonly facet: boolean;
  }[];
  /** Text search configuration / analyzer language, e.g. `english`; `simple` by default. */
  readonly language: string;
  readonly methods: readonly SearchMethod[];
}

export interface SearchMethod {
  readonly name: string;
  readonly comment?: string;
  readonly text: readonly string[];
  readonly filter: readonly Predicate[];
  readonly highlight: boolean;
  readonly facets: readonly string[];
  readonly page: "keyset" | "none";
}

export interface VectorWorkload extends WorkloadBase {
  readonly kind: "vector";
  readonly from: string;
  readonly field: string;
  readonly methods: readonly VectorMethod[];
}

export interface VectorMethod {
  readonly name: string;
  readonly comment?: string;
  readonly filter: readonly Predicate[];
  /** Search workload whose text score is fused with the vector score. */
  readonly hybridWith?: string;
}

export interface CacheWorkload extends WorkloadBase {
  readonly kind: "cache";
  /** Read-through over this entity; without it a plain get/set/ttl cache. */
  readonly from?: string;
  readonly ttlMs: number;
  readonly memoryBytes?: number;
  readonly eviction: "allkeys-lru" | "allkeys-lfu" | "volatile-lru" | "volatile-ttl" | "noeviction";
}

/** A kind that is validated and planned for, but that no registered engine generates. */
export interface WaitingWorkload extends WorkloadBase {
  readonly kind: "graph" | "analytical";
  readonly from?: string;
  readonly entities: readonly string[];
}

export type Workload =
  | AuthorityWorkload
  | SearchWorkload
  | VectorWorkload
  | CacheWorkload
  | WaitingWorkload;

export interface StorePreferences {
  /** Engine ids already operated: opening one of them costs less. */
  readonly running: readonly string[];
  readonly never: readonly string[];
  readonly hosting: "embedded" | "self-managed" | "aws" | "gcp" | "azure";
  readonly maxEngines?: number;
  /** Store name → engine id. */
  readonly names: Readonly<Record<string, string>>;
}

export interface Output {
  /** POSIX folder of the data layer inside the package, e.g. `src/data`. */
  readonly dir: string;
  readonly importExtension: ".ts" | ".js" | "";
  /** POSIX folder of the package relative to the spec's folder; `.` by default. */
  readonly package: string;
}

export interface Model {
  readonly version: 1;
  readonly project: string;
  readonly output: Output;
  readonly stores: StorePreferences;
  readonly entities: readonly Entity[];
  readonly workloads: readonly Workload[];
}
