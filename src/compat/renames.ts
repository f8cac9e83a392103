import { typeName } from "../ir/names.ts";
import type { EntityIr, FieldIr, Ir, TypeIr } from "../ir/types.ts";
import { pairs, type Pairs } from "./pairs.ts";

/** Entities of two specs, paired by name or `was:`. */
export const entityPairs = (before: Ir, after: Ir): Pairs<EntityIr> =>
  pairs(before.entities, after.entities, {
    name: ({ name }) => name,
    was: ({ was }) => (was === undefined ? undefined : typeName(was)),
  });

export const fieldPairs = (before: EntityIr, after: EntityIr): Pairs<FieldIr> =>
  pairs(before.fields, after.fields, {
    name: ({ name }) => name,
    was: ({ source }) => source.was,
  });

/**
 * Names of types before → after. A rename is told once, at what was renamed; everything that mentions it is compared under the new
 * name, so that what else changed there still shows.
 */
export type Renames = ReadonlyMap<string, string>;

/** Every type name that follows from the name of an entity or a field. */
export function typeRenames(entities: Pairs<EntityIr>): Renames {
  return new Map(
    entities.kept
      .flatMap(({ before, after }) => namesOf(before, after))
      .filter(([old, now]) => old !== now),
  );
}

function namesOf(before: EntityIr, after: EntityIr): readonly (readonly [string, string])[] {
  const fields = fieldPairs(before, after).kept;
  const declared = [...after.enums, ...after.jsonTypes];
  const members = [...before.enums, ...before.jsonTypes].flatMap(({ field, typeName: old }) => {
    const now = fields.find((pair) => pair.before.name === field)?.after.name;
    const type = declared.find((one) => one.field === now)?.typeName;
    return type === undefined ? [] : [[old, type] as const];
  });
  return [
    [before.name, after.name],
    [before.newType, after.newType],
    ...(before.idType === undefined || after.idType === undefined
      ? []
      : [[before.idType, after.idType] as const]),
    // The type of a composite key is the entity's own; a plain one is the type of its field.
    ...(before.key.length > 1 && after.key.length > 1
      ? [[before.keyType, after.keyType] as const]
      : []),
    ...members,
  ];
}

/** A type expression of before, with the names of after; text in quotes stays. */
export const renamed = (expression: string, renames: Renames): string =>
  expression.replaceAll(
    /"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*/g,
    (token) => renames.get(token) ?? token,
  );

/** The same, with the types that a pair of methods declares for itself. */
export function withOwnTypes(
  renames: Renames,
  before: readonly TypeIr[],
  after: readonly TypeIr[],
): Renames {
  const own = before.flatMap(({ name }, at) => {
    const now = after[at]?.name;
    return now === undefined || now === name ? [] : [[name, now] as const];
  });
  return own.length === 0 ? renames : new Map([...renames, ...own]);
}

/** Properties of filters, patches and hits bear the names of fields. */
export const propertyRenames = (before: EntityIr, after: EntityIr): Renames =>
  new Map(fieldPairs(before, after).renamed.map((pair) => [pair.before.name, pair.after.name]));
