import type { Field, FieldRole, FieldType, Json, JsonSchema, Reference } from "./model.ts";
import type { EntitySpec, FieldSpec } from "./schema-entity.ts";
import type { Spec } from "./schema.ts";

/** Most characters of a string whose spec gives no `max`. */
export const defaultStringMax = 255;

/** The role a declared field takes when a switch of its entity already implies a field of that name. */
export function roleOf(name: string, entity: EntitySpec): FieldRole {
  if (name === entity.tenant) return "tenant";
  if (name === "version" && entity.version === true) return "version";
  if (name === "deletedAt" && entity.softDelete === true) return "deletedAt";
  if (hasTimestamps(entity) && (name === "createdAt" || name === "updatedAt")) return name;
  return "data";
}

/** Roots have timestamps unless they say otherwise; an owned child has them only when it says so. */
export const hasTimestamps = (entity: EntitySpec): boolean =>
  entity.timestamps ?? entity.owner === undefined;

export function fieldOf(name: string, field: FieldSpec, role: FieldRole, spec: Spec): Field {
  const key = field.key === true;
  const native = field.stored?.type;
  const type: FieldType = { ...typeOf(field), ...(native !== undefined && { native }) };
  const bounded = type.kind !== "string" && type.kind !== "array";
  const reference =
    field.references === undefined ? undefined : referenceOf(field.references, field, spec);
  return {
    name,
    role,
    type,
    key,
    nullable: field.nullable === true || role === "deletedAt",
    generated: generatedBy(field, role, key),
    unique: field.unique === true,
    ...(field.min !== undefined && { min: field.min }),
    ...(bounded && field.max !== undefined && { max: field.max }),
    ...(field.default !== undefined && { default: field.default as Json }),
    ...(field.default === undefined && role === "version" && { default: 1 }),
    ...(field.stored?.default !== undefined && { storedDefault: field.stored.default }),
    ...(field.stored?.identity !== undefined && { storedIdentity: field.stored.identity }),
    pii: field.pii === true,
    ...(reference !== undefined && { reference }),
    ...(field.column !== undefined && { column: field.column }),
    ...(field.was !== undefined && { was: field.was }),
    ...(field.comment !== undefined && { comment: field.comment }),
  };
}

function generatedBy(field: FieldSpec, role: FieldRole, key: boolean): Field["generated"] {
  if (role !== "data" && role !== "tenant" && role !== "ownerKey") return "database";
  if (field.stored?.default !== undefined) return "database";
  if (field.generated !== undefined) return field.generated;
  return key && role === "data" && field.type === "uuid" && field.references === undefined
    ? "client"
    : "caller";
}

function referenceOf(entity: string, field: FieldSpec, spec: Spec): Reference {
  const target = spec.entities[entity];
  const key = target === undefined ? undefined : keyNames(target)[0];
  return { entity, field: key ?? "id", onDelete: field.onDelete ?? "restrict" };
}

/** Names of the key fields that an entity declares itself, in order. */
export const keyNames = (entity: EntitySpec): readonly string[] =>
  Object.entries(entity.fields).flatMap(([name, field]) => (field.key === true ? [name] : []));

function typeOf(field: FieldSpec): FieldType {
  switch (field.type) {
    case "string":
      return { kind: "string", max: typeof field.max === "number" ? field.max : defaultStringMax };
    case "decimal":
      return { kind: "decimal", precision: field.precision ?? 18, scale: field.scale ?? 2 };
    case "json":
      return typeof field.schema === "object"
        ? { kind: "json", schema: field.schema as JsonSchema }
        : { kind: "json" };
    case "enum":
      return { kind: "enum", values: field.values ?? [] };
    case "array":
      return {
        kind: "array",
        of: field.of ?? "string",
        ...(typeof field.max === "number" && { max: field.max }),
      };
    case "vector":
      return {
        kind: "vector",
        dimensions: field.dimensions ?? 1,
        metric: field.metric ?? "cosine",
      };
    default:
      return { kind: field.type };
  }
}
