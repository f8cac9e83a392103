import type { EntityIr, FieldIr, RepositoryIr } from "../../../ir/types.ts";
import { ImportSet } from "../../layout.ts";
import { insertable } from "../types.ts";
import { givenFields } from "./given-fields.ts";
import { lastNumber, sampleNumbers } from "./sample-numbers.ts";
import { rowCount } from "./samples.ts";
import type { TestContext, TestScope } from "./scope.ts";
import { parentOf, untestable } from "./testable.ts";
import { type UniqueGroup, uniqueGroups } from "./unique-groups.ts";
import { distinctValues, firstNumbers } from "./values.ts";

/** Why an entity or a view over it has no tests; undefined when it has. */
export const notTested = (repository: RepositoryIr, context: TestContext): string | undefined =>
  untestable(repository, context) ?? tooFewValues(repository, context);

/** What must be unique and cannot be in as many rows as the tests store. */
function tooFewValues(repository: RepositoryIr, context: TestContext): string | undefined {
  const { entity } = repository;
  const scope = { ...context, imports: new ImportSet() };
  const layout = scope.layoutOf(entity.name);
  if (layout === undefined) return undefined;
  const last = lastNumber(repository);
  const parts = entity.key.length < 2 ? 0 : entity.key.length;
  // Most entities have a value of their own in each group, however many rows there are.
  const numbers = (): readonly number[] => sampleNumbers(rowCount(layout, scope), last, parts);
  return meeting(entity, numbers, scope) ?? meetingBelow(entity, numbers, scope);
}

/** The same of owned children, whose keys are apart within one owner, and of rows that are referred to. */
function meetingBelow(
  entity: EntityIr,
  numbers: () => readonly number[],
  scope: TestScope,
  seen = new Set([entity.name]),
): string | undefined {
  for (const { entity: child, ownerKey } of entity.children) {
    const many = (): readonly number[] => numbers().flatMap(childNumbers);
    const found = meeting(child, many, scope, ownerKey) ?? meetingBelow(child, many, scope, seen);
    if (found !== undefined) return found;
  }
  const wide = scope.layoutOf(entity.name)?.wide ?? [];
  for (const field of insertable(entity)) {
    const parent = parentOf(field.source.reference?.entity, scope)?.entity;
    if (parent === undefined || seen.has(parent.name)) continue;
    seen.add(parent.name);
    const stored = wide.includes(field) ? numbers : () => firstNumbers;
    const found = meeting(parent, stored, scope) ?? meetingBelow(parent, stored, scope, seen);
    if (found !== undefined && isGiven(entity, [field], scope))
      return `${parent.name}, which ${field.name} refers to, is ${found}`;
  }
  return undefined;
}

/** The children that a sample has. */
const childNumbers = (n: number): readonly number[] => [1, 2, 3].map((at) => 10 * n + at);

/** The first group of which two samples would have the same values. */
function meeting(
  entity: EntityIr,
  numbers: () => readonly number[],
  scope: TestScope,
  ownerKey: readonly FieldIr[] = [],
): string | undefined {
  for (const group of uniqueGroups(entity)) {
    const turns = group.map((field) =>
      ownerKey.includes(field) ? Infinity : turnsOf(entity, field, scope),
    );
    if (turns.includes(Infinity) || !isGiven(entity, group, scope)) continue;
    const stored = numbers();
    const values = stored.map((n) => turns.map((each) => n % each).join(" "));
    if (new Set(values).size === new Set(stored).size) continue;
    const names = group.map(({ name }) => name).join(" and ");
    return `not tested: ${names} must be unique, and the samples of ${entity.name} have too few values for the rows that the tests store; give it more room in the spec`;
  }
  return undefined;
}

const isGiven = (entity: EntityIr, group: UniqueGroup, scope: TestScope): boolean => {
  const given = givenFields(scope)(entity);
  return group.every((field) => given.includes(field));
};

/** After how many samples the values of a field come again. */
function turnsOf(entity: EntityIr, field: FieldIr, scope: TestScope): number {
  const layout = scope.layoutOf(entity.name);
  if (layout?.steady.includes(field) === true) return 1;
  const { reference } = field.source;
  if (reference === undefined) return distinctValues(entity, field, scope);
  return layout?.wide.includes(field) === true ? Infinity : firstNumbers.length;
}
