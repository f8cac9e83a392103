import type { Entity, Field, FieldType, Model } from "../spec/model.ts";
import { columnName, idTypeName, memberTypeName } from "./names.ts";
import type { FieldIr } from "./types.ts";

/** Types of a key that get a brand: those that stand alone as an identifier. */
const brandable: ReadonlySet<FieldType["kind"]> = new Set([
  "uuid",
  "string",
  "text",
  "int",
  "bigint",
]);

/** Looks entities up by name; made once per lowering. */
export type EntityIndex = ReadonlyMap<string, Entity>;

export const entityIndex = (model: Model): EntityIndex =>
  new Map(model.entities.map((entity) => [entity.name, entity]));

/** The field whose value is the entity's branded id, if its key is one own field of an identifier's type. */
export function idField(entity: Entity): Field | undefined {
  const [name, ...rest] = entity.key;
  if (name === undefined || rest.length > 0) return undefined;
  const field = entity.fields.find((candidate) => candidate.name === name);
  return field !== undefined && field.reference === undefined && brandable.has(field.type.kind)
    ? field
    : undefined;
}

const scalarTypes: Readonly<Record<Exclude<FieldType["kind"], "enum" | "array">, string>> = {
  uuid: "string",
  string: "string",
  text: "string",
  int: "number",
  bigint: "bigint",
  decimal: "string",
  float: "number",
  boolean: "boolean",
  date: "string",
  timestamp: "Date",
  json: "Json",
  binary: "Uint8Array",
  vector: "Float32Array",
};

/** The TypeScript type of a value of a field, without null: `OrderId`, `CustomerId`, `OrderStatus`, `readonly string[]`. */
export function fieldType(entity: Entity, field: Field, entities: EntityIndex): string {
  if (idField(entity) === field) return idTypeName(entity.name);
  if (field.reference !== undefined) return referencedType(entity, field, entities);
  switch (field.type.kind) {
    case "enum":
      return memberTypeName(entity.name, field.name);
    case "json":
      return field.type.schema === undefined ? "Json" : memberTypeName(entity.name, field.name);
    case "array":
      return `readonly ${scalarTypes[field.type.of]}[]`;
    default:
      return scalarTypes[field.type.kind];
  }
}

/** Follows references (a key may itself refer to another entity) to the id type they end at; a ring of references ends plain. */
function referencedType(start: Entity, from: Field, entities: EntityIndex): string {
  const seen = new Set<Field>();
  let entity = start;
  let field = from;
  while (field.reference !== undefined && !seen.has(field)) {
    seen.add(field);
    const target = entities.get(field.reference.entity);
    const name = field.reference.field;
    const next = target?.fields.find((candidate) => candidate.name === name);
    if (target === undefined || next === undefined) break;
    [entity, field] = [target, next];
  }
  return field.reference === undefined
    ? fieldType(entity, field, entities)
    : fieldType(start, unreferenced(from), entities);
}

function unreferenced(field: Field): Field {
  const { reference: _, ...plain } = field;
  return plain;
}

/** The element of an array field, or the type itself: what a filter by this field compares with. */
export function elementType(field: FieldIr): string {
  return field.type.kind === "array" ? scalarTypes[field.type.of] : field.tsType;
}

/** Of the columns that a switch of the entity gives it, and that no caller fills. */
export const managedRoles: ReadonlySet<Field["role"]> = new Set([
  "tenant",
  "version",
  "createdAt",
  "updatedAt",
  "deletedAt",
  "ownerKey",
]);
const hiddenRoles: ReadonlySet<Field["role"]> = new Set(["tenant", "deletedAt", "ownerKey"]);

export function lowerField(entity: Entity, field: Field, entities: EntityIndex): FieldIr {
  const managed = managedRoles.has(field.role);
  // A child's life is its root's: version and timestamps show there, once.
  const hidden = hiddenRoles.has(field.role) || (managed && entity.owner !== undefined);
  return {
    name: field.name,
    column: columnName(field.name, field.column),
    type: field.type,
    tsType: fieldType(entity, field, entities),
    nullable: field.nullable,
    key: field.key,
    optionalOnInsert: field.nullable || field.default !== undefined || field.generated !== "caller",
    managed,
    visible: !hidden,
    source: field,
  };
}
