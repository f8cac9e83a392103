/** A column beside the item that a filter may name. Plain data: it stands in generated code and in migrations. */
export interface ColumnDefinition {
  /** Field of the collection. */
  readonly name: string;
  readonly kind: "text" | "int" | "bigint" | "float" | "boolean" | "timestamp" | "decimal";
  /** It holds several; a filter asks for one of them. */
  readonly list?: boolean;
  /** `decimal`: digits after the point; it is stored as a whole number of that unit. */
  readonly scale?: number;
}

/** What a view's collections are made of. Two of one definition are interchangeable. */
export interface ViewDefinition {
  /** Alias that reads use; collections behind it are `<alias>_g<generation>`. */
  readonly alias: string;
  readonly dimensions: number;
  readonly metric: "COSINE" | "L2" | "IP";
  readonly index: {
    readonly type: "FLAT" | "HNSW" | "IVF_FLAT";
    /** Of its build. */
    readonly parameters: Readonly<Record<string, number>>;
    /** Of a search; `ef` is a lower bound, since it may not be below the number of neighbours wanted. */
    readonly search: Readonly<Record<string, number>>;
  };
  /** Rows belong to tenants: the partition key. */
  readonly tenant: boolean;
  readonly columns: readonly ColumnDefinition[];
  /** Consistency level of reads, as Milvus names it. */
  readonly consistency: "Strong" | "Bounded";
  /** Fingerprint of the item's shape: what was written for another one is outdated. */
  readonly item: string;
}

/** Properties of an item's JSON: those with a value always, those that may be null, and lists of what the entity owns. */
export interface ItemShape {
  readonly [property: string]: "value" | "nullable" | ItemShape;
}

/** A view over entities of type `T`, as generated code declares it. */
export interface VectorView<T, J = unknown> {
  /** In the spec: `similar-products`. */
  readonly name: string;
  readonly definition: ViewDefinition;
  /** Without the vector, which the collection holds beside the item. */
  readonly shape: ItemShape;
  readonly vector: (item: T) => Float32Array | null;
  /** Values of the columns, by name. */
  readonly columns: (item: T) => Readonly<Record<string, unknown>>;
  /** The item as JSON holds it exactly, without its vector, which the collection holds anyway. */
  readonly toJson: (item: T) => J;
  readonly fromJson: (json: J, vector: Float32Array) => T;
}

/** Fields that every collection has. */
export const field = {
  key: "pk",
  tenant: "tenant",
  revision: "revision",
  deleted: "deleted",
  item: "item",
  vector: "vector",
} as const;

/** Bytes of a VarChar at most. Source: Milvus docs, Limits. */
export const textBytes = 65_535;
/** Elements of an Array at most. Source: Milvus docs, Array Field. */
export const arrayElements = 4_096;
