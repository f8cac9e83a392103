import { checkName } from "../ddl/naming.ts";
import type { EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import { clause, filled } from "../../families/sql/layout.ts";
import { now } from "../ddl/column.ts";
import { identifier } from "../sql/quote.ts";
import { comparable } from "../types.ts";
import { snakeCase } from "../../../ir/words.ts";
import { alwaysSet, keyConditions, liveCondition } from "./row.ts";

type Of<Op extends Method["op"]> = Extract<Method, { readonly op: Op }>;

/** Fragments of a patch: the runtime sets only the fields that are given. */
export interface PatchFragments {
  readonly update: string;
  readonly sets: readonly { readonly field: FieldIr; readonly text: string }[];
  readonly always: readonly string[];
  readonly where: readonly string[];
  readonly version?: string;
}

export const patchFragments = (entity: EntityIr, method: Of<"patch">): PatchFragments => ({
  update: `update ${identifier(entity.table)}`,
  sets: method.fields.flatMap((name) => {
    const field = entity.fields.find((candidate) => candidate.name === name);
    return field === undefined ? [] : [{ field, text: `${identifier(field.column)} = {0}` }];
  }),
  always: alwaysSet(entity),
  where: [...keyConditions(entity), ...liveCondition(entity)],
  ...(entity.version !== undefined && { version: `${identifier(entity.version.column)} = {0}` }),
});

/** Deletes the row, or marks it as deleted; `ifVersion` or null comes after the key when the entity has a version. */
export function deleteText(entity: EntityIr): string {
  const table = identifier(entity.table);
  const conditions = [
    ...keyConditions(entity),
    ...liveCondition(entity),
    ...versionCondition(entity, entity.key.length + 1),
  ];
  if (entity.deletedAt === undefined) return `delete from ${table}\n${clause("where", conditions)}`;
  const sets = [`${identifier(entity.deletedAt.column)} = ${now}`, ...alwaysSet(entity)];
  return `update ${table}\nset ${filled(sets)}\n${clause("where", conditions)}`;
}

const versionCondition = (entity: EntityIr, parameter: number): readonly string[] =>
  entity.version === undefined
    ? []
    : [`($${parameter} is null or ${identifier(entity.version.column)} = $${parameter})`];

/** An update that adds, and the limit that it keeps by itself where no check of the column does. */
export interface IncrementStatement {
  readonly text: string;
  /** Name of the limit that a row which is there must have broken when none was found. */
  readonly limit?: string;
}

/** Adds to one number in place, null counting as 0. */
export function incrementStatement(
  entity: EntityIr,
  field: FieldIr,
  method: Of<"increment">,
): IncrementStatement {
  const column = identifier(field.column);
  const amount = `$${entity.key.length + 1}`;
  const current = field.nullable ? `coalesce(${column}, 0)` : column;
  const sum = `${current} + ${field.type.kind === "decimal" ? comparable(field.type, amount) : amount}`;
  const limits = [
    ...(method.floor === undefined || method.floor === field.source.min
      ? []
      : [`${sum} >= ${method.floor}`]),
    ...(method.ceiling === undefined || method.ceiling === field.source.max
      ? []
      : [`${sum} <= ${method.ceiling}`]),
  ];
  const sets = [`${column} = ${sum}`, ...alwaysSet(entity)];
  return {
    text: `update ${identifier(entity.table)}
set ${filled(sets)}
${clause("where", [...keyConditions(entity), ...liveCondition(entity), ...limits])}`,
    ...(limits.length > 0 && { limit: checkName(entity.table, snakeCase(method.name)) }),
  };
}
