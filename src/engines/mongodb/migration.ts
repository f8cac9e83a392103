import { migrationHash } from "../../../templates/runtime/migration-files.ts";
import type { EntityIr, FieldIr, IndexIr, StoreIr } from "../../ir/types.ts";
import type { FileRequest } from "../engine.ts";
import { bsonTypes, propertyOf } from "./fields.ts";

type Json =
  | string
  | number
  | boolean
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

const operationTtlSeconds = 7 * 24 * 60 * 60;

/** The first migration of a store: collections with validators, their indexes, the record of operations. */
export function initialMigration(store: StoreIr): readonly FileRequest[] {
  const roots = store.entities.filter(({ owner }) => owner === undefined);
  const up = stepsText([...roots.flatMap(createSteps), ...operationSteps]);
  const down = stepsText([
    ...roots.map(({ table }) => ({ dropCollection: table })),
    { dropCollection: "operation" },
  ]);
  const hash = migrationHash(up, down);
  const file = (suffix: string, text: string): FileRequest => ({
    path: `migrations/${store.name}/0001-initial.${suffix}`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    text,
  });
  return [
    file("up.json", up),
    file("down.json", down),
    file("json", `${JSON.stringify({ id: "0001-initial", parents: [], hash }, null, 2)}\n`),
  ];
}

const stepsText = (steps: readonly Json[]): string => `${JSON.stringify(steps, null, 2)}\n`;

const operationSteps: readonly Json[] = [
  { createCollection: "operation" },
  {
    createIndexes: "operation",
    indexes: [
      { key: { at: 1 }, name: "operation_expiry", expireAfterSeconds: operationTtlSeconds },
    ],
  },
];

function createSteps(entity: EntityIr): readonly Json[] {
  const indexes = [
    ...entity.unique.map((unique) => uniqueIndex(entity, unique)),
    ...entity.indexes.flatMap((index) => plainIndex(entity, index)),
  ];
  return [
    { createCollection: entity.table, validator: { $jsonSchema: objectSchema(entity, "_id") } },
    ...(indexes.length === 0 ? [] : [{ createIndexes: entity.table, indexes }]),
  ];
}

function uniqueIndex(entity: EntityIr, unique: EntityIr["unique"][number]): Json {
  const key = Object.fromEntries(unique.fields.map((field) => [propertyOf(entity, field), 1]));
  return { key, name: unique.name, unique: true };
}

/** SQL conditions and expressions have no meaning here; `refuse` names them, so they never come this far. */
function plainIndex(entity: EntityIr, index: IndexIr): readonly Json[] {
  const key = Object.fromEntries(
    index.terms.flatMap((term) =>
      "field" in term
        ? [[propertyOf(entity, term.field), term.direction === "asc" ? 1 : -1] as const]
        : [],
    ),
  );
  return [{ key, name: index.name, ...(index.unique ? { unique: true } : {}) }];
}

function objectSchema(entity: EntityIr, keyProperty: "_id" | "none"): Json {
  const hidden = new Set(entity.fields.filter(({ source }) => source.role === "ownerKey"));
  const keys = new Set(keyProperty === "_id" ? entity.key : []);
  const fields = entity.fields.filter(
    (field) => !hidden.has(field) && ![...keys].some(({ name }) => name === field.name),
  );
  const properties = Object.fromEntries(fields.map((field) => [field.column, fieldSchema(field)]));
  const children = entity.children.map(
    (child) =>
      [child.property, { bsonType: "array", items: objectSchema(child.entity, "none") }] as const,
  );
  return {
    bsonType: "object",
    required: [
      ...fields.filter(({ nullable }) => !nullable).map(({ column }) => column),
      ...children.map(([name]) => name),
    ],
    properties: { ...properties, ...Object.fromEntries(children) },
  };
}

function fieldSchema({ type, nullable, source }: FieldIr): Json {
  if (type.kind === "json") return {};
  const base = bsonTypes[type.kind];
  const bounds = {
    ...(type.kind === "enum"
      ? { enum: nullable ? [...type.values, null as unknown as string] : type.values }
      : {}),
    ...(type.kind === "string" ? { maxLength: type.max } : {}),
    ...(typeof source.min === "number" ? { minimum: source.min } : {}),
    ...(typeof source.max === "number" && type.kind !== "string" ? { maximum: source.max } : {}),
    ...(type.kind === "array" && type.max !== undefined ? { maxItems: type.max } : {}),
  };
  return { bsonType: nullable ? [base, "null"] : base, ...bounds };
}
