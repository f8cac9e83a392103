import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { ImportSet } from "../layout.ts";

/** What the shared files know of the whole while one of them is made. */
export interface SharedContext {
  /** Entity by the name of its branded id type: `OrderId`. */
  readonly idTypes: ReadonlyMap<string, EntityIr>;
  /** Stem of the domain file that declares a type, by its name. */
  readonly declaredIn: ReadonlyMap<string, string>;
}

export function sharedContext(entities: readonly EntityIr[]): SharedContext {
  return {
    idTypes: new Map(
      entities.flatMap((entity) =>
        entity.idType === undefined || entity.owner !== undefined ? [] : [[entity.idType, entity]],
      ),
    ),
    declaredIn: new Map(
      entities.flatMap((entity) => declaredNames(entity).map((name) => [name, entity.domainFile])),
    ),
  };
}

/** Types that the domain file declares for one entity. */
export function declaredNames(entity: EntityIr): readonly string[] {
  const root = entity.owner === undefined;
  return [
    entity.name,
    entity.newType,
    ...(entity.idType === undefined || !root ? [] : [entity.idType]),
    ...(entity.key.length > 1 && root ? [entity.keyType] : []),
    ...entity.enums.map((one) => one.typeName),
    ...entity.jsonTypes.map((one) => one.typeName),
  ];
}

/** A root and its owned children, root first: the types that one domain file declares. */
export function declared(root: EntityIr): readonly EntityIr[] {
  return [root, ...root.children.flatMap((child) => declared(child.entity))];
}

/** Imports the id type of another file that a field holds; `from` is the importing module's way to `domain/`. */
export function importFieldType(
  imports: ImportSet,
  field: FieldIr,
  from: string,
  context: SharedContext,
  own?: EntityIr,
): void {
  const owner = context.idTypes.get(field.tsType);
  if (owner !== undefined && owner.domainFile !== own?.domainFile)
    imports.type(`${from}${owner.domainFile}.ts`, field.tsType);
}

/** Type of a property, nullability included, union members apart. */
export const nullable = (field: FieldIr): readonly string[] =>
  field.nullable ? [field.tsType, "null"] : [field.tsType];

export const visible = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => field.visible);
export const insertable = (entity: EntityIr): readonly FieldIr[] =>
  entity.fields.filter((field) => field.visible && !field.managed);
