import type { EntityIr, RepositoryIr } from "../../../ir/types.ts";
import { ImportSet } from "../../layout.ts";
import { insertable } from "../types.ts";
import type { TestContext } from "./scope.ts";
import { sampleValue } from "./values.ts";

/** Why no rows of an entity can be made or seen by tests; undefined when they can. */
export function untestable(
  { entity, methods }: RepositoryIr,
  context: TestContext,
  above: readonly string[] = [],
): string | undefined {
  if (entity.keyless) return "its rows have no key to be told apart by";
  if (!methods.some(({ method }) => method.op === "insert" || method.op === "upsert"))
    return "no method of this data layer stores its rows";
  if (
    !methods.some(
      ({ method }) => method.op === "get" || (method.op === "list" && method.where.length === 0),
    )
  )
    return "no method of this data layer reads a row back by its key";
  return unmade(entity, context, [...above, entity.name]);
}

/** A required value that cannot be made up, in the entity or in one that it needs. */
function unmade(
  entity: EntityIr,
  context: TestContext,
  above: readonly string[],
): string | undefined {
  const scope = { ...context, imports: new ImportSet() };
  const required = insertable(entity).filter((field) => !field.optionalOnInsert);
  const { tenant } = entity;
  for (const field of tenant === undefined ? required : [tenant, ...required]) {
    if (field !== tenant && sampleValue(entity, field, "0", scope) === undefined)
      return `no sample can be made up for ${field.name}`;
    const parent = parentOf(field.source.reference?.entity, context);
    if (parent === undefined) continue;
    if (above.includes(parent.entity.name))
      return `${field.name} refers to rows that need this one first`;
    const reason = untestable(parent, context, above);
    if (reason !== undefined) return `${parent.entity.name}, which it refers to: ${reason}`;
  }
  for (const child of entity.children) {
    const reason = unmade(child.entity, context, above);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The repository that stores what a reference points at. */
export const parentOf = (
  name: string | undefined,
  { repositories }: TestContext,
): RepositoryIr | undefined => (name === undefined ? undefined : repositories.get(name));
