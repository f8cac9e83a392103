import type { EntityIr, FieldIr, RepositoryIr } from "../../../ir/types.ts";
import { ImportSet } from "../../layout.ts";
import { insertable } from "../types.ts";
import { givenFields } from "./given-fields.ts";
import { lastNumber, sampleNumbers } from "./sample-numbers.ts";
import { rowCount } from "./samples.ts";
import type { SampleLayout, TestContext, TestScope } from "./scope.ts";
import { parentOf, untestable } from "./testable.ts";
import { type UniqueGroup, uniqueGroups } from "./unique-groups.ts";
import { distinctValues, firstNumbers } from "./values.ts";

/** Why not all of the rows that tests want can be stored; undefined when they can. */
const notTested = (repository: RepositoryIr, context: TestContext): string | undefined =>
  untestable(repository, context) ?? tooFewValues(repository, context);

/** What must be unique and cannot be in as many rows as the tests store: how many of the first samples can be stored beside each other. */
export interface FewRows {
  readonly count: number;
  /** The groups that allow no more, of which the key may be one. */
  readonly groups: readonly UniqueGroup[];
  /** Said of each test that needs more. */
  readonly why: string;
}

/** Rows for the tests of an entity: as many as they store, few, or none with the reason. */
export type Rows =
  | { readonly kind: "all" }
  | ({ readonly kind: "few" } & FewRows)
  | { readonly kind: "none"; readonly why: string };

export function rowsFor(repository: RepositoryIr, context: TestContext): Rows {
  const why = notTested(repository, context);
  if (why === undefined) return { kind: "all" };
  const few = untestable(repository, context) === undefined && fewRows(repository, context);
  return few ? { kind: "few", ...few } : { kind: "none", why };
}

/** Undefined where two rows at a time are too many, or where it is not the entity's own values that are too few. */
function fewRows(repository: RepositoryIr, context: TestContext): FewRows | undefined {
  const { entity, methods } = repository;
  const { scope, layout, numbers } = asked(repository, context);
  const groups = tightGroups(entity, numbers, scope);
  if (layout === undefined || groups.length === 0) return undefined;
  if (meetingBelow(entity, numbers, scope) !== undefined) return undefined;
  const tight = new Set(groups.flat());
  if (methods.some(({ method }) => method.op === "increment" && isAmong(tight, method.field)))
    return undefined;
  const apart = Math.min(...groups.map((group) => firstMeeting(entity, group, scope)));
  // One value of a key has to be left that no row has.
  const count = Math.min(tightKey(entity, groups) ? apart - 1 : apart, rowCount(layout, scope));
  return count < 2 ? undefined : { count, groups, why: whyNot(entity, groups[0] ?? []) };
}

const isAmong = (fields: ReadonlySet<FieldIr>, name: string): boolean =>
  [...fields].some((field) => field.name === name);

/** Whether the key is among what is in few rows only. */
export const tightKey = ({ key }: EntityIr, groups: readonly UniqueGroup[]): boolean =>
  groups.some((group) => group.every((field) => key.includes(field)));

/** The number of the first sample whose values in a group one before it has. */
function firstMeeting(entity: EntityIr, group: UniqueGroup, scope: TestScope): number {
  const turns = group.map((field) => turnsOf(entity, field, scope));
  let number = 1;
  while (turns.some((each) => number % each !== 0)) number += 1;
  return number;
}

/** What must be unique and cannot be in as many rows as the tests store. */
function tooFewValues(repository: RepositoryIr, context: TestContext): string | undefined {
  const { entity } = repository;
  const { scope, layout, numbers } = asked(repository, context);
  if (layout === undefined) return undefined;
  return meeting(entity, numbers, scope) ?? meetingBelow(entity, numbers, scope);
}

interface Asked {
  readonly scope: TestScope;
  readonly layout: SampleLayout | undefined;
  /** Of the samples that are stored: most entities have a value of their own in each group, however many these are. */
  readonly numbers: () => readonly number[];
}

function asked(repository: RepositoryIr, context: TestContext): Asked {
  const { entity } = repository;
  const scope = { ...context, imports: new ImportSet() };
  const layout = scope.layoutOf(entity.name);
  const last = lastNumber(repository);
  const parts = entity.key.length < 2 ? 0 : entity.key.length;
  const rows = layout === undefined ? 0 : rowCount(layout, scope);
  return { scope, layout, numbers: () => sampleNumbers(rows, last, parts) };
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
  const [first] = tightGroups(entity, numbers, scope, ownerKey);
  return first === undefined ? undefined : whyNot(entity, first);
}

const whyNot = ({ name }: EntityIr, group: UniqueGroup): string =>
  `not tested: ${group.map((field) => field.name).join(" and ")} must be unique, and the samples of ${name} have too few values for the rows that the tests store; give it more room in the spec`;

/** The groups in which two samples would have the same values. */
const tightGroups = (
  entity: EntityIr,
  numbers: () => readonly number[],
  scope: TestScope,
  ownerKey: readonly FieldIr[] = [],
): readonly UniqueGroup[] =>
  uniqueGroups(entity).filter((group) => {
    const turns = group.map((field) =>
      ownerKey.includes(field) ? Infinity : turnsOf(entity, field, scope),
    );
    if (turns.includes(Infinity) || !isGiven(entity, group, scope)) return false;
    const stored = numbers();
    const values = stored.map((n) => turns.map((each) => n % each).join(" "));
    return new Set(values).size < new Set(stored).size;
  });

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
