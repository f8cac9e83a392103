import type { EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import { limitDomain } from "../ddl/limit-domain.ts";
import { clause, filled } from "../../families/sql/layout.ts";
import { identifier, identifiers } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import { alwaysSet, keyConditions, liveCondition, returnedExpressions } from "./row.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** Fragments of a patch: the runtime sets only the fields that are given. */
export interface PatchFragments {
  readonly update: string;
  readonly sets: readonly { readonly field: FieldIr; readonly text: string }[];
  readonly always: readonly string[];
  readonly where: readonly string[];
  readonly version?: string;
  readonly returning: string;
}

export function patchFragments(entity: EntityIr, method: Of<"patch">): PatchFragments {
  return {
    update: `update ${identifier(entity.table)}`,
    sets: method.fields.flatMap((name) => {
      const field = entity.fields.find((candidate) => candidate.name === name);
      return field === undefined
        ? []
        : [{ field, text: `${identifier(field.column)} = {0}::${parameterType(field.type)}` }];
    }),
    always: alwaysSet(entity),
    where: [...keyConditions(entity), ...liveCondition(entity)],
    ...(entity.version !== undefined && {
      version: `${identifier(entity.version.column)} = {0}::integer`,
    }),
    returning: filled(returnedExpressions(entity)),
  };
}

/** Deletes the row, or marks it as deleted; `ifVersion` or null comes after the key when the entity has a version. Returns the key. */
export function deleteText(entity: EntityIr): string {
  const table = identifier(entity.table);
  const conditions = [
    ...keyConditions(entity),
    ...liveCondition(entity),
    ...versionCondition(entity, entity.key.length + 1),
  ];
  const key = identifiers(entity.key.map((field) => field.column));
  if (entity.deletedAt === undefined)
    return `delete from ${table}\n${clause("where", conditions)}\nreturning ${key}`;
  const sets = [`${identifier(entity.deletedAt.column)} = now()`, ...alwaysSet(entity)];
  return `update ${table}\nset ${filled(sets)}\n${clause("where", conditions)}\nreturning ${key}`;
}

const versionCondition = (entity: EntityIr, parameter: number): readonly string[] =>
  entity.version === undefined
    ? []
    : [
        `($${parameter}::integer is null or ${identifier(entity.version.column)} = $${parameter}::integer)`,
      ];

/** Adds to one number in place, null counting as 0; its limits are a check of the column, or of the domain that it is cast to. */
export function incrementText(entity: EntityIr, field: FieldIr, method: Of<"increment">): string {
  const column = identifier(field.column);
  const domain = limitDomain(entity, field, method);
  const current = field.nullable ? `coalesce(${column}, 0)` : column;
  const sum = `${current} + $${entity.key.length + 1}::${parameterType(field.type)}`;
  const sets = [
    `${column} = ${domain === undefined ? sum : `(${sum})::${identifier(domain.name)}`}`,
    ...alwaysSet(entity),
  ];
  return `update ${identifier(entity.table)}
set ${filled(sets)}
${clause("where", [...keyConditions(entity), ...liveCondition(entity)])}
${filled(returnedExpressions(entity)).replace(/^/, "returning ")}`;
}
