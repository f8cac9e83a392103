import type { EntityIr, FieldIr } from "../../ir/types.ts";
import type { ImportSet } from "../layout.ts";

/** What the shared files know of the whole while one of them is made. */
export interface SharedContext {
  /** Entity by the name of its branded id type: `OrderId`. */
  readonly idTypes: ReadonlyMap<string, EntityIr>;
  /** Stem of the domain file that declares a type, by its name. */
  readonly declaredIn: ReadonlyMap<string, string>;
}

const contexts = new WeakMap<readonly EntityIr[], SharedContext>();

/** Made once per list of entities: every file of a tree asks for it. */
export function sharedContext(entities: readonly EntityIr[]): SharedContext {
  const known = contexts.get(entities);
  if (known !== undefined) return known;
  const context = contextOf(entities);
  contexts.set(entities, context);
  return context;
}

function contextOf(entities: readonly EntityIr[]): SharedContext {
  const idTypes = new Map<string, EntityIr>();
  const declaredIn = new Map<string, string>();
  for (const entity of entities) {
    if (entity.idType !== undefined && entity.owner === undefined)
      idTypes.set(entity.idType, entity);
    for (const name of declaredNames(entity)) declaredIn.set(name, entity.domainFile);
  }
  return { idTypes, declaredIn };
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
