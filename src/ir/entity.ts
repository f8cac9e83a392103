import type { Entity } from "../spec/model.ts";
import { derivedIndexes, userIndexes } from "../engines/families/record/indexes.ts";
import type { Method } from "../spec/model.ts";
import type { EntityIndex } from "./field.ts";
import { idField, lowerField } from "./field.ts";
import {
  checkName,
  childrenName,
  collectionName,
  fileStem,
  historyTableName,
  idTypeName,
  keyTypeName,
  memberTypeName,
  newTypeName,
  rowsVariable,
  rowVariable,
  stemName,
  tableName,
  typeName,
  uniqueName,
} from "./names.ts";
import type { ChildIr, EntityIr, FieldIr } from "./types.ts";

/** What lowering one entity needs to know of the others. */
export interface EntityContext {
  readonly entities: EntityIndex;
  /** Owned children of a root, in spec order. */
  readonly children: ReadonlyMap<string, readonly Entity[]>;
  /** Methods of an entity's repository, for the indexes they need. */
  readonly methods: ReadonlyMap<string, readonly Method[]>;
}

/** One entity with every name made, its children below it and its indexes derived. */
export function lowerEntity(entity: Entity, context: EntityContext): EntityIr {
  const fields = entity.fields.map((field) => lowerField(entity, field, context.entities));
  const byName = new Map(fields.map((field) => [field.name, field]));
  const pick = (names: readonly string[]): readonly FieldIr[] =>
    names.flatMap((name) => byName.get(name) ?? []);
  const table = tableName(entity.name, entity.table);
  const key = pick(entity.key);
  const unique = uniques(entity, table, fields, pick);
  const optional = {
    ...(entity.was === undefined ? {} : { was: entity.was }),
    ...(entity.comment === undefined ? {} : { comment: entity.comment }),
    ...(idField(entity) === undefined ? {} : { idType: idTypeName(entity.name) }),
    ...(entity.audit ? { historyTable: historyTableName(table) } : {}),
    ...(entity.owner === undefined ? {} : { owner: entity.owner }),
    ...(entity.perOwner === undefined ? {} : { perOwner: entity.perOwner }),
    ...partitioned(entity, byName),
    ...(entity.constraints === undefined ? {} : { constraintNames: entity.constraints }),
    ...byRole(fields),
  };
  const users = userIndexes(entity, table, byName);
  return {
    name: typeName(entity.name),
    file: fileStem(entity.name),
    domainFile: fileStem(entity.owner ?? entity.name),
    stem: stemName(entity.name),
    variable: rowVariable(entity.name),
    rows: rowsVariable(entity.name),
    property: collectionName(entity.name),
    keyType: keyType(entity, key),
    newType: newType(entity, fields),
    table,
    fields,
    key,
    keyless: entity.keyless,
    audit: entity.audit,
    children: (context.children.get(entity.name) ?? []).map((child) =>
      lowerChild(entity, child, context),
    ),
    indexes: [
      ...users,
      ...derivedIndexes({
        table,
        key,
        fields: byName,
        unique,
        users,
        methods: context.methods.get(entity.name) ?? [],
        isScoped: (name) => context.entities.get(name)?.tenant !== undefined,
      }),
    ],
    unique,
    checks: Object.entries(entity.checks).map(([name, condition]) => ({
      name: checkName(table, name),
      condition,
      path: `entities.${entity.name}.checks.${name}`,
    })),
    enums: fields.flatMap(({ name, type }) =>
      type.kind === "enum"
        ? [{ typeName: memberTypeName(entity.name, name), field: name, values: type.values }]
        : [],
    ),
    jsonTypes: fields.flatMap(({ name, type }) =>
      type.kind === "json" && type.schema !== undefined
        ? [{ typeName: memberTypeName(entity.name, name), field: name, schema: type.schema }]
        : [],
    ),
    dependencies: entity.dependencies,
    ...optional,
  };
}

function partitioned(
  { partition }: Entity,
  fields: ReadonlyMap<string, FieldIr>,
): Pick<EntityIr, "partition"> {
  const field = partition === undefined ? undefined : fields.get(partition.field);
  return partition === undefined || field === undefined
    ? {}
    : { partition: { ...partition, field } };
}

const rolesShown = ["tenant", "version", "createdAt", "updatedAt", "deletedAt"] as const;

function byRole(fields: readonly FieldIr[]): Partial<Pick<EntityIr, (typeof rolesShown)[number]>> {
  return Object.fromEntries(
    rolesShown.flatMap((role) => {
      const field = fields.find((candidate) => candidate.source.role === role);
      return field === undefined ? [] : [[role, field]];
    }),
  );
}

/** Single-field uniques first, then the spec's groups. */
function uniques(
  entity: Entity,
  table: string,
  fields: readonly FieldIr[],
  pick: (names: readonly string[]) => readonly FieldIr[],
): EntityIr["unique"] {
  const single = fields.filter((field) => field.source.unique).map((field) => [field]);
  return [...single, ...entity.unique.map(pick)].map((group) => ({
    name: uniqueName(
      table,
      group.map((field) => field.column),
    ),
    fields: group,
  }));
}

function keyType(entity: Entity, key: readonly FieldIr[]): string {
  const [only, ...rest] = key;
  if (only === undefined) return "never";
  return rest.length === 0 ? only.tsType : keyTypeName(entity.name);
}

/** A child whose every field must be given needs no second type for insertion. */
function newType(entity: Entity, fields: readonly FieldIr[]): string {
  const same =
    entity.owner !== undefined &&
    fields.every((field) => !field.visible || !(field.optionalOnInsert || field.managed));
  return same ? typeName(entity.name) : newTypeName(entity.name);
}

function lowerChild(owner: Entity, child: Entity, context: EntityContext): ChildIr {
  const entity = lowerEntity(child, context);
  return {
    property: childrenName(owner.name, child.name),
    entity,
    localKey: entity.key.filter((field) => field.source.role !== "ownerKey"),
    ownerKey: entity.key.filter((field) => field.source.role === "ownerKey"),
  };
}
