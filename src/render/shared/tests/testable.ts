import { checksAre } from "../../../ir/checks/unread.ts";
import type { EntityIr, RepositoryIr } from "../../../ir/types.ts";
import { ImportSet } from "../../layout.ts";
import { insertable } from "../types.ts";
import { unheldChecks } from "./check-rooms.ts";
import type { TestContext } from "./scope.ts";
import { sampleValue } from "./values.ts";

/** Why no rows of an entity can be made or seen by tests; undefined when they can. */
export function untestable(
  { entity, methods }: RepositoryIr,
  context: TestContext,
  above: readonly string[] = [],
): string | undefined {
  if (entity.keyless)
    return "not tested: its rows have no key to be told apart by; give the entity a key in the spec";
  if (!methods.some(({ method }) => method.op === "insert" || method.op === "upsert"))
    return "not tested: no method stores its rows; declare an insert or upsert of it in the spec";
  if (
    !methods.some(
      ({ method }) => method.op === "get" || (method.op === "list" && method.where.length === 0),
    )
  )
    return "not tested: no method reads a row back; declare get: {} of it in the spec";
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
      return `not tested: no value of ${field.name} can be made up; give it a default in the spec`;
    const parent = parentOf(field.source.reference?.entity, context);
    if (parent === undefined) continue;
    if (above.includes(parent.entity.name))
      return `not tested: ${field.name} refers to rows that need this one first; make it nullable in the spec`;
    const reason = untestable(parent, context, above);
    if (reason !== undefined)
      return `${parent.entity.name}, which ${field.name} refers to, is ${reason}`;
  }
  const unread = unheldChecks(entity);
  if (unread.length > 0)
    return `not tested: ${checksAre(entity.name, unread)} not read, so that its samples may be refused; say it in comparisons of fields and values in the spec`;
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
