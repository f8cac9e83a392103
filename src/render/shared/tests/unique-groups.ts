import type { EntityIr, FieldIr } from "../../../ir/types.ts";
import { ImportSet, mentions } from "../../layout.ts";
import { givenFields } from "./given-fields.ts";
import type { SampleLayout, TestContext } from "./scope.ts";
import { distinctValues } from "./values.ts";

/** Fields whose values together only one row of a tenant may have. */
export type UniqueGroup = readonly FieldIr[];

/** The key, the unique groups, and those unique indexes that hold for every row. */
export const uniqueGroups = (entity: EntityIr): readonly UniqueGroup[] =>
  grouped(entity, ({ where }) => where === undefined);

/** The same with the unique indexes that hold for some rows. */
export const allUniqueGroups = (entity: EntityIr): readonly UniqueGroup[] =>
  grouped(entity, () => true);

function grouped(
  entity: EntityIr,
  counts: (index: EntityIr["indexes"][number]) => boolean,
): readonly UniqueGroup[] {
  const indexes = entity.indexes.filter((index) => index.unique && counts(index));
  return [
    entity.key,
    ...entity.unique.map(({ fields }) => fields),
    ...indexes.map((index) => indexed(entity, index)),
  ]
    .map((group) => group.filter((field) => field !== entity.tenant))
    .filter((group) => group.length > 0);
}

/** The fields of an index, those that its expressions mention among them: `lower(mail)`. */
const indexed = (
  { fields }: EntityIr,
  { terms }: EntityIr["indexes"][number],
): readonly FieldIr[] =>
  terms.flatMap((term) =>
    "field" in term
      ? [term.field]
      : fields.filter(({ column }) => mentions(term.expression, column)),
  );

/** Different values enough for the samples of any suite. */
const enough = 997;

/**
 * Rows that are alike in a whole group could not be stored: in each group one field differs from sample to sample. A field of the entity's
 * own before a reference, since every other row that is referred to must be stored first.
 *
 * @param wanted the fields that are better alike in all samples
 */
export function leavingUniquesApart(
  entity: EntityIr,
  wanted: readonly FieldIr[],
  context: TestContext,
): Pick<SampleLayout, "steady" | "wide"> {
  const steady = new Set(wanted);
  const wide = new Set<FieldIr>();
  let given: ReadonlySet<FieldIr> | undefined;
  const differs = (field: FieldIr): boolean =>
    field.source.reference === undefined && distinctValues(entity, field, context) >= enough;
  for (const group of allUniqueGroups(entity)) {
    if (group.some((field) => wide.has(field) || (!steady.has(field) && differs(field)))) continue;
    const alike = group.every((field) => steady.has(field));
    given ??= new Set(givenFields({ ...context, imports: new ImportSet() })(entity));
    if (!alike && !isGiven(group, given)) continue;
    const own = group.findLast(differs);
    const reference = own ?? group.findLast((field) => canBeWide(field, context));
    if (own === undefined && reference !== undefined) wide.add(reference);
    const freed = reference ?? (alike ? group.at(-1) : undefined);
    if (freed !== undefined) steady.delete(freed);
  }
  return { steady: wanted.filter((field) => steady.has(field)), wide: [...wide] };
}

const isGiven = (group: UniqueGroup, given: ReadonlySet<FieldIr>): boolean =>
  group.every((field) => given.has(field));

/** A reference to rows as many as there are samples. */
function canBeWide({ source: { reference } }: FieldIr, context: TestContext): boolean {
  const parent = reference === undefined ? undefined : context.entities.get(reference.entity);
  const key = parent?.fields.find(({ name }) => name === reference?.field);
  if (parent === undefined || key === undefined) return false;
  if (key.source.reference !== undefined)
    return parent.owner === undefined && canBeWide(key, context);
  return distinctValues(parent, key, context) >= enough;
}
