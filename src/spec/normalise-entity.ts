import type { Entity, Field, Index, Partition } from "./model.ts";
import { fieldOf, hasTimestamps, keyNames, roleOf } from "./normalise-field.ts";
import type { EntitySpec, FieldSpec, IndexSpec, PartitionSpec } from "./schema-entity.ts";
import type { Spec } from "./schema.ts";
import { quantity } from "./quantities.ts";
import { dependency, orderTerm } from "./terms.ts";

/** `orderId` of OrderLine: the owner's name and the name of its key field. */
export function ownerKeyName(owner: string, key: string): string {
  return (
    owner.charAt(0).toLowerCase() + owner.slice(1) + key.charAt(0).toUpperCase() + key.slice(1)
  );
}

/** The tenant field of an entity: its own, or its owner's. */
export function tenantOf(entity: EntitySpec, spec: Spec): string | undefined {
  return (
    entity.tenant ?? (entity.owner === undefined ? undefined : spec.entities[entity.owner]?.tenant)
  );
}

export function entityOf(name: string, entity: EntitySpec, spec: Spec): Entity {
  const tenant = tenantOf(entity, spec);
  const ownerKey = ownerKeyOf(entity);
  const ownerKeys = new Set(ownerKey(spec).map(([key]) => key));
  const own = Object.entries(entity.fields).map(([field, given]) => {
    if (ownerKeys.has(field)) return fieldOf(field, { ...given, key: true }, "ownerKey", spec);
    return fieldOf(field, given, field === tenant ? "tenant" : roleOf(field, entity), spec);
  });
  const implied = impliedFields(entity, tenant, ownerKey(spec), spec).filter(
    ({ name: made }) => !Object.hasOwn(entity.fields, made),
  );
  const version = entity.version === true;
  return {
    name,
    ...(entity.table !== undefined && { table: entity.table }),
    ...(entity.comment !== undefined && { comment: entity.comment }),
    ...(entity.was !== undefined && { was: entity.was }),
    fields: [...own, ...implied],
    key: [...ownerKeys, ...keyNames(entity).filter((key) => !ownerKeys.has(key))],
    keyless: entity.keyless === true,
    ...(tenant !== undefined && { tenant }),
    ...(entity.owner !== undefined && { owner: entity.owner }),
    ...(entity.perOwner !== undefined && { perOwner: quantity(entity.perOwner) }),
    ...(entity.partition !== undefined && partitionOf(entity.partition)),
    version,
    audit: entity.audit === true,
    softDelete: entity.softDelete === true,
    timestamps: hasTimestamps(entity),
    indexes: (entity.indexes ?? []).map(indexOf),
    unique: entity.unique ?? [],
    checks: { ...entity.checks },
    ...(entity.constraints !== undefined && { constraints: entity.constraints }),
    dependencies: (entity.dependencies ?? []).flatMap((text) => dependency(text) ?? []),
  };
}

/** The owner's key as the child holds it: field name and the owner's field; empty for a root. */
const ownerKeyOf =
  (entity: EntitySpec) =>
  (spec: Spec): readonly (readonly [string, FieldSpec])[] => {
    const owner = entity.owner === undefined ? undefined : spec.entities[entity.owner];
    if (owner === undefined || entity.owner === undefined) return [];
    const ownerName = entity.owner;
    return keyNames(owner).flatMap((key) => {
      const field = owner.fields[key];
      return field === undefined ? [] : [[ownerKeyName(ownerName, key), field] as const];
    });
  };

function impliedFields(
  entity: EntitySpec,
  tenant: string | undefined,
  ownerKeys: readonly (readonly [string, FieldSpec])[],
  spec: Spec,
): readonly Field[] {
  const managed = (name: string, type: "int" | "timestamp", role: Field["role"]): Field =>
    fieldOf(name, { type }, role, spec);
  return [
    ...(tenant === undefined
      ? []
      : [fieldOf(tenant, tenantField(entity, tenant, spec), "tenant", spec)]),
    ...ownerKeys.map(([name, key]) =>
      fieldOf(name, { type: key.type, max: key.max, key: true }, "ownerKey", spec),
    ),
    ...(entity.version === true ? [managed("version", "int", "version")] : []),
    ...(hasTimestamps(entity)
      ? [
          managed("createdAt", "timestamp", "createdAt"),
          managed("updatedAt", "timestamp", "updatedAt"),
        ]
      : []),
    ...(entity.softDelete === true ? [managed("deletedAt", "timestamp", "deletedAt")] : []),
  ];
}

/** A child's tenant has the type that its owner declares. */
function tenantField(entity: EntitySpec, tenant: string, spec: Spec): FieldSpec {
  const declared =
    entity.owner === undefined ? undefined : spec.entities[entity.owner]?.fields[tenant];
  return declared === undefined ? { type: "uuid" } : { type: declared.type, max: declared.max };
}

/** Nothing where it says neither how: `rules/partitions.ts` asks for one of the two. */
function partitionOf({ by, every, hash }: PartitionSpec): { readonly partition?: Partition } {
  if (every !== undefined) return { partition: { kind: "range", field: by, every } };
  return hash === undefined ? {} : { partition: { kind: "hash", field: by, count: hash } };
}

function indexOf(index: IndexSpec): Index {
  return {
    ...(index.name !== undefined && { name: index.name }),
    terms:
      index.expression === undefined
        ? (index.fields ?? []).map(orderTerm)
        : [{ expression: index.expression }],
    ...(index.method !== undefined && { method: index.method }),
    unique: index.unique === true,
    ...(index.where !== undefined && { where: index.where }),
    ...(index.comment !== undefined && { comment: index.comment }),
  };
}
