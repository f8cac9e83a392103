/**
 * The Ir: what to emit, engine by engine, with every identifier already made (`ir/names.ts` is the only place that makes one).
 * Plain data; templates and engines read it, nobody changes it.
 */
import type {
  Field,
  FieldType,
  Index,
  Json,
  JsonSchema,
  Method,
  Output,
  PartitionPeriod,
  Predicate,
  SearchMethod,
  Sla,
  Structure,
  VectorMetric,
  VectorMethod,
} from "../spec/model.ts";
import type { Port } from "../select/plan.ts";

export interface FieldIr {
  /** Property in TypeScript. */
  readonly name: string;
  /** Column, document property or hash field in the store. */
  readonly column: string;
  readonly type: FieldType;
  /** Type expression without nullability: `OrderId`, `OrderStatus`, `Date`, `Float32Array`. */
  readonly tsType: string;
  readonly nullable: boolean;
  readonly key: boolean;
  /** May be left out of `New<Entity>`: has a default, is made by client or database, or is nullable. */
  readonly optionalOnInsert: boolean;
  /** Not part of `New<Entity>` at all: version, timestamps, deletedAt, the tenant (bound by forTenant). */
  readonly managed: boolean;
  /** Visible on the entity interface (tenant and deletedAt are not). */
  readonly visible: boolean;
  readonly source: Field;
}

/** An owned child as its root sees it. */
export interface ChildIr {
  /** Property on the root: `lines` for OrderLine of Order. */
  readonly property: string;
  readonly entity: EntityIr;
  /** The child's own key fields, without the owner's. */
  readonly localKey: readonly FieldIr[];
  /** The owner's key fields in the child, in the order of the root's key. */
  readonly ownerKey: readonly FieldIr[];
}

export interface IndexIr {
  readonly name: string;
  readonly terms: readonly (
    | { readonly field: FieldIr; readonly direction: "asc" | "desc" }
    | { readonly expression: string }
  )[];
  readonly method?: Index["method"];
  readonly unique: boolean;
  readonly where?: string;
  /** Why it exists: the user's words, or the access pattern it serves. */
  readonly reason: string;
}

export interface CheckIr {
  readonly name: string;
  readonly condition: string;
  /** Path in the spec. */
  readonly path: string;
}

/** Of which rows each part of a table holds: see `Partition` of the Model. */
export type PartitionIr =
  | { readonly kind: "range"; readonly field: FieldIr; readonly every: PartitionPeriod }
  | { readonly kind: "hash"; readonly field: FieldIr; readonly count: number };

export interface EntityIr {
  /** `Order` */
  readonly name: string;
  /** The name before a rename: `was:` of the spec. */
  readonly was?: string;
  readonly comment?: string;
  /** kebab-case stem of its files: `order`, `order-line`. */
  readonly file: string;
  /** Stem of the domain file that declares its types: its own, or its root's for an owned child. */
  readonly domainFile: string;
  /** `order`, `orderLine`: what names of its codecs and functions begin with. */
  readonly stem: string;
  /** One row, as a parameter or local: `order`. */
  readonly variable: string;
  /** Several rows, as a parameter or local: `orders`; never {@link variable}. */
  readonly rows: string;
  /** Repository property on the data layer: `orders`. */
  readonly property: string;
  /** Branded id type, for an entity whose key is one own field: `OrderId`. */
  readonly idType?: string;
  /** `OrderKey` for a composite key (an interface), else `idType` or the key's plain type. */
  readonly keyType: string;
  /** `NewOrder` */
  readonly newType: string;
  /** Table, collection or key prefix. */
  readonly table: string;
  readonly historyTable?: string;
  readonly fields: readonly FieldIr[];
  readonly key: readonly FieldIr[];
  readonly keyless: boolean;
  readonly tenant?: FieldIr;
  readonly version?: FieldIr;
  readonly createdAt?: FieldIr;
  readonly updatedAt?: FieldIr;
  readonly deletedAt?: FieldIr;
  readonly audit: boolean;
  readonly owner?: string;
  /** Of an owned child: how many one owner is expected to have. */
  readonly perOwner?: number;
  readonly partition?: PartitionIr;
  readonly children: readonly ChildIr[];
  readonly indexes: readonly IndexIr[];
  readonly unique: readonly { readonly name: string; readonly fields: readonly FieldIr[] }[];
  readonly checks: readonly CheckIr[];
  /** Constraints that an existing schema calls otherwise: the name that is made → the name that is there. */
  readonly constraintNames?: Readonly<Record<string, string>>;
  /** Enum types declared by this entity: `OrderStatus`. */
  readonly enums: readonly {
    readonly typeName: string;
    readonly field: string;
    readonly values: readonly string[];
  }[];
  /** Types declared for json fields that have a schema: `ProductAttributes`. */
  readonly jsonTypes: readonly {
    readonly typeName: string;
    readonly field: string;
    readonly schema: JsonSchema;
  }[];
  readonly dependencies: readonly {
    readonly determinant: readonly string[];
    readonly dependent: readonly string[];
  }[];
}

/** A parameter of a port method, in order. `type` is a TypeScript type expression made by us. */
export interface ParameterIr {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** A type the ports file declares: a filter, a patch, an aggregate row. */
export interface TypeIr {
  readonly name: string;
  readonly comment?: string;
  /** Runtime type it adds its properties to: `ReadOptions`. */
  readonly extends?: string;
  readonly properties: readonly {
    readonly name: string;
    readonly type: string;
    readonly optional: boolean;
    readonly comment?: string;
  }[];
}

export interface SignatureIr {
  readonly name: string;
  readonly parameters: readonly ParameterIr[];
  /** Inside `Promise<…>`. */
  readonly returns: string;
  /** Lines of the docstring: what, order, retry rule, errors. Plain text, encoded by the template. */
  readonly doc: readonly string[];
}

export interface RecordMethodIr {
  readonly method: Method;
  /** `orders.listByCustomer`: statement name, span name, operation name. */
  readonly operation: string;
  readonly effect: "read" | "write";
  readonly signature: SignatureIr;
  /** For `get`: the batch get that comes with it. */
  readonly batch?: SignatureIr;
  /** For `history`: the asOf read that comes with it. */
  readonly asOf?: SignatureIr;
  readonly types: readonly TypeIr[];
}

export interface RepositoryIr {
  readonly entity: EntityIr;
  /** `OrderRepository` */
  readonly typeName: string;
  /** `order-repository`: stem of the port's and the adapter's file. */
  readonly file: string;
  /** `orderRepository`: the adapter's factory. */
  readonly factory: string;
  readonly workload: string;
  readonly methods: readonly RecordMethodIr[];
}

interface ViewBase {
  readonly workload: string;
  readonly comment?: string;
  /** `productSearch`: property on the data layer and factory name. */
  readonly property: string;
  /** `ProductSearch` */
  readonly typeName: string;
  /** `product-search` */
  readonly file: string;
  /** Store that serves it. */
  readonly store: string;
}

export interface SearchViewIr extends ViewBase {
  readonly port: "search";
  readonly entity: EntityIr;
  /** Store that is the authority of the entity. */
  readonly sourceStore: string;
  readonly language: string;
  /** Documents after growth, for the size of the index; undefined when the spec gives none. */
  readonly rows?: number;
  /** `requires: [typo-tolerance]`: misspelt words are to be found. */
  readonly typoTolerant?: true;
  readonly fields: readonly {
    readonly field: FieldIr;
    readonly weight: number;
    readonly facet: boolean;
  }[];
  readonly methods: readonly {
    readonly method: SearchMethod;
    readonly operation: string;
    readonly signature: SignatureIr;
    readonly types: readonly TypeIr[];
  }[];
}

export interface VectorViewIr extends ViewBase {
  readonly port: "vector";
  readonly entity: EntityIr;
  readonly sourceStore: string;
  readonly field: FieldIr;
  readonly dimensions: number;
  readonly metric: VectorMetric;
  /** Rows after growth, for index method and parameters; undefined when the spec gives none. */
  readonly rows?: number;
  /** What the workload's SLA asks of reads, where it does. */
  readonly consistency?: NonNullable<Sla["consistency"]>;
  readonly methods: readonly {
    readonly method: VectorMethod;
    readonly operation: string;
    readonly signature: SignatureIr;
    readonly types: readonly TypeIr[];
    /** The search view in the same store, which the engine fuses in a hybrid query. */
    readonly hybrid?: SearchViewIr;
    /** The search view in another store: the data layer asks both and fuses the answers. */
    readonly fused?: {
      readonly view: SearchViewIr;
      readonly method: SearchViewIr["methods"][number];
    };
  }[];
}

export interface CacheViewIr extends ViewBase {
  readonly port: "cache";
  /** Read-through over this entity's repository; absent for a plain cache. */
  readonly entity?: EntityIr;
  readonly sourceStore?: string;
  readonly ttlMs: number;
  readonly memoryBytes?: number;
  readonly eviction: string;
  readonly methods: readonly { readonly operation: string; readonly signature: SignatureIr }[];
}

/** One structure of a workload, as ports and adapters name it. */
export interface StructureIr {
  readonly structure: Structure;
  /** `board`: property of the workload's. */
  readonly name: string;
  /** `LiveRoomMessage`: declared by the port for a JSON Schema; else the value's own type. */
  readonly valueType: string;
  /** Interface of it: `StreamStructure<LiveRoomMessage>`. */
  readonly type: string;
  /** The schema that `valueType` is declared from. */
  readonly schema?: JsonSchema;
}

/** The structures of one workload. */
export interface StructuresIr {
  readonly workload: string;
  readonly comment?: string;
  /** `live`: property of the data layer. */
  readonly property: string;
  /** `Live` */
  readonly typeName: string;
  readonly file: string;
  /** `liveStructures`: the adapter's factory. */
  readonly factory: string;
  /** They belong to tenants. */
  readonly tenant?: true;
  readonly structures: readonly StructureIr[];
}

export type ViewIr = SearchViewIr | VectorViewIr | CacheViewIr;

export interface StoreIr {
  /** `main` */
  readonly name: string;
  /** `Main`: prefix of its types: `MainStore`, `openMain`, `MainTransaction`. */
  readonly typePrefix: string;
  readonly engine: string;
  /** `MAIN_URL`, absent for an in-process store without DSN. */
  readonly env?: string;
  readonly ports: readonly Port[];
  /** Entities whose authority it is, roots and owned children, in spec order. */
  readonly entities: readonly EntityIr[];
  readonly repositories: readonly RepositoryIr[];
  readonly views: readonly ViewIr[];
  /** Of workloads that declare some. */
  readonly structures?: readonly StructuresIr[];
  /** Root entities that a view in another store copies, in spec order. */
  readonly feeds: readonly EntityIr[];
  /** Milliseconds; from the strictest p99 of its workloads, 5,000 unless the SLA says otherwise. */
  readonly deadlineMs: number;
  readonly tenantScoped: boolean;
  /** Bytes of its records after growth, where the spec gives figures for them. */
  readonly datasetBytes?: number;
  /** Seconds of writes that may be lost, where a workload says it; the strictest. */
  readonly rpoSeconds?: number;
}

export interface Ir {
  readonly project: string;
  readonly output: Output;
  readonly stores: readonly StoreIr[];
  readonly entities: readonly EntityIr[];
}

export type { Field, FieldType, Json, JsonSchema, Method, Predicate };
