import { fitted } from "../../../ir/names.ts";
import type {
  ChildIr,
  EntityIr,
  FieldIr,
  IndexIr,
  RepositoryIr,
  StoreIr,
} from "../../../ir/types.ts";
import type { Snapshot } from "../../../migrate/step.ts";
import type { Json } from "../../../spec/model.ts";
import { apartOf, isApart, ownerProperty } from "../children.ts";
import { bsonTypes, expires, expiryColumn, madeKeys, propertyOf } from "../fields.ts";
import { bounds } from "./bounds.ts";

export type JsonObject = { readonly [key: string]: Json };

/** One property of a document, or of an embedded one. */
export interface Property {
  /** Its field in the spec, by which a rename finds it. */
  readonly field: string;
  /** Logical type, as far as stored values depend on it: `int`, `array of int`, `vector(8)`. */
  readonly kind: string;
  readonly required: boolean;
  /** What its validator asks of a value; null included where it may be null. */
  readonly schema: JsonObject;
  /** The mark of `softDelete`: without it its documents are seen again. */
  readonly role?: "deletedAt";
}

/** What documents hold beside their key. */
export interface Shape {
  readonly properties: Readonly<Record<string, Property>>;
  /** Lists of embedded documents, by property. */
  readonly children: Readonly<Record<string, Child>>;
}

export interface Child extends Shape {
  /** Its entity in the spec. */
  readonly entity: string;
  readonly required: boolean;
}

export interface Index {
  /** Paths with 1 or -1, in order. */
  readonly key: readonly (readonly [path: string, direction: number])[];
  readonly unique?: boolean;
  readonly expireAfterSeconds?: number;
  /** Only documents that it finds are in the index. */
  readonly partialFilterExpression?: JsonObject;
}

/** A collection as migrations make it: one part of the snapshot, under its name. */
export interface Collection extends Shape {
  /** Its entity in the spec; absent for the data layer's own collections, whose documents are not validated. */
  readonly entity?: string;
  /** The entity whose changes are recorded in it. */
  readonly historyOf?: string;
  /** Parts of `_id`, by column. */
  readonly key: readonly {
    readonly column: string;
    readonly field: string;
    readonly kind: string;
  }[];
  readonly indexes: Readonly<Record<string, Index>>;
}

const operationTtlSeconds = 7 * 24 * 60 * 60;

/** Operation ids of writes, kept for a week. */
const operations: Collection = {
  key: [],
  properties: {},
  children: {},
  indexes: { operation_expiry: { key: [["at", 1]], expireAfterSeconds: operationTtlSeconds } },
};

/** The last key that was made, by collection. */
const sequences: Collection = { key: [], properties: {}, children: {}, indexes: {} };

/** Every collection of a store, by name. */
export function snapshotOf(store: StoreIr): Snapshot {
  const roots = store.entities.filter(({ owner }) => owner === undefined);
  const repositories = new Map(store.repositories.map((one) => [one.entity, one]));
  return new Map<string, Collection>([
    ...roots.map(
      (entity) => [entity.table, collectionOf(entity, repositories.get(entity))] as const,
    ),
    ...roots.flatMap((entity) =>
      apartOf(entity).map((child) => [child.entity.table, apartCollection(child)] as const),
    ),
    ...roots.flatMap((entity) =>
      entity.audit && entity.historyTable !== undefined
        ? [[entity.historyTable, historyOf(entity)] as const]
        : [],
    ),
    ["operation", operations],
    ...(roots.some(countsKeys) ? [["sequence", sequences] as const] : []),
  ]);
}

const countsKeys = (entity: EntityIr): boolean => {
  const keys = madeKeys(entity);
  return keys === "int" || keys === "long";
};

/** Owned documents beside their root's, found by its `_id`. */
const apartCollection = (child: ChildIr): Collection => ({
  entity: child.entity.name,
  key: [],
  ...childShape(child.entity),
  indexes: {
    [fitted(`${child.entity.table}_owner_key`)]: {
      key: [[ownerProperty, 1], ...child.localKey.map(({ column }) => [column, 1] as const)],
      unique: true,
    },
  },
});

/** What is recorded of each change; its states keep the shape that they had. */
const historyOf = ({ name, historyTable = "", tenant }: EntityIr): Collection => ({
  historyOf: name,
  key: [],
  properties: {},
  children: {},
  indexes: {
    [fitted(`${historyTable}_key_revision_key`)]: {
      key: [
        ...(tenant === undefined ? [] : [[tenant.column, 1] as const]),
        ["key", 1],
        ["revision", -1],
      ],
      unique: true,
    },
  },
});

/** The parts of a snapshot, which nobody but this planner writes. */
export const collectionsOf = (snapshot: Snapshot): ReadonlyMap<string, Collection> =>
  snapshot as ReadonlyMap<string, Collection>;

function collectionOf(entity: EntityIr, repository: RepositoryIr | undefined): Collection {
  const indexes = [
    ...entity.unique.map(({ name, fields }): readonly [string, Index] => [
      name,
      uniqueIndex(entity, fields),
    ]),
    ...entity.indexes.map((index): readonly [string, Index] => [
      index.name,
      plainIndex(entity, index),
    ]),
    ...(expires(repository)
      ? [
          [
            fitted(`${entity.table}_${expiryColumn}_ttl`),
            { key: [[expiryColumn, 1]], expireAfterSeconds: 0 },
          ] as const,
        ]
      : []),
  ];
  const shape = rootShape(entity);
  return {
    entity: entity.name,
    key: entity.key.map(({ column, name, type }) => ({ column, field: name, kind: kindOf(type) })),
    ...shape,
    ...(expires(repository) ? { properties: { ...shape.properties, ...expiry } } : {}),
    indexes: Object.fromEntries(indexes),
  };
}

/** The property that a ttl is kept in; a document without one stays. */
const expiry: Shape["properties"] = {
  [expiryColumn]: {
    field: expiryColumn,
    kind: "timestamp",
    required: false,
    schema: { bsonType: ["date", "null"] },
  },
};

/**
 * Two documents may both lack a value, and a deleted one stands in nobody's way: neither is in the index.
 * Source: MongoDB manual, "Partial Indexes", whose conditions know `$type` and equality.
 */
function uniqueIndex(entity: EntityIr, fields: readonly FieldIr[]): Index {
  const { deletedAt } = entity;
  const present = fields.filter(({ nullable, type }) => nullable && type.kind !== "json");
  const condition: JsonObject = {
    ...(deletedAt === undefined ? {} : { [deletedAt.column]: null }),
    ...Object.fromEntries(
      present.map((field) => [propertyOf(entity, field), { $type: bsonTypeOf(field) }]),
    ),
  };
  return {
    key: fields.map((field) => [propertyOf(entity, field), 1] as const),
    unique: true,
    ...(Object.keys(condition).length === 0 ? {} : { partialFilterExpression: condition }),
  };
}

const bsonTypeOf = ({ type }: FieldIr): string =>
  type.kind === "json" ? "object" : bsonTypes[type.kind];

/** SQL conditions and expressions have no meaning here; `refuse` names them, so they never come this far. */
function plainIndex(entity: EntityIr, { terms, unique }: IndexIr): Index {
  const fields = terms.flatMap((term) => ("field" in term ? [term] : []));
  const key = fields.map(
    ({ field, direction }) => [propertyOf(entity, field), direction === "asc" ? 1 : -1] as const,
  );
  if (!unique) return { key };
  return {
    ...uniqueIndex(
      entity,
      fields.map(({ field }) => field),
    ),
    key,
  };
}

/** The shape of a root, whose key is its `_id`. */
const rootShape = (entity: EntityIr): Shape =>
  shapeOf(
    entity,
    entity.fields.filter((field) => !entity.key.includes(field)),
  );

/** The shape of an owned document: its tenant, its timestamps and its owner's key stand in its root, and are not repeated. */
const childShape = (entity: EntityIr): Shape =>
  shapeOf(
    entity,
    entity.fields.filter(({ visible }) => visible),
  );

function shapeOf(entity: EntityIr, own: readonly FieldIr[]): Shape {
  return {
    properties: Object.fromEntries(own.map((field) => [field.column, propertyStateOf(field)])),
    children: Object.fromEntries(
      entity.children
        .filter((child) => !isApart(child))
        .map((child) => [
          child.property,
          { entity: child.entity.name, required: true, ...childShape(child.entity) },
        ]),
    ),
  };
}

const propertyStateOf = (field: FieldIr): Property => ({
  field: field.name,
  kind: kindOf(field.type),
  required: !field.nullable,
  schema: schemaOf(field),
  ...(field.source.role === "deletedAt" && { role: "deletedAt" }),
});

function kindOf(type: FieldIr["type"]): string {
  if (type.kind === "array") return `array of ${type.of}`;
  return type.kind === "vector" ? `vector(${type.dimensions})` : type.kind;
}

function schemaOf(field: FieldIr): JsonObject {
  const { type, nullable } = field;
  if (type.kind === "json") return {};
  const base = bsonTypes[type.kind];
  return {
    bsonType: nullable ? [base, "null"] : base,
    ...(type.kind === "enum" ? { enum: nullable ? [...type.values, null] : type.values } : {}),
    ...(type.kind === "string" ? { maxLength: type.max } : {}),
    ...bounds(field),
    ...(type.kind === "array" && type.max !== undefined ? { maxItems: type.max } : {}),
  };
}
