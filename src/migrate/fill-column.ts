import type { EntityIr, FieldIr, StoreIr } from "../ir/types.ts";

/** A field whose stored rows are to get a value, with the entity that it belongs to. */
export interface FillColumn {
  readonly field: FieldIr;
  readonly entity: EntityIr | undefined;
}

/** The least and the greatest that a field lets through: of a text and an array, in characters and elements. */
export function limitsOf({ type, source }: FieldIr): {
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
} {
  const own = type.kind === "string" || type.kind === "array" ? type.max : undefined;
  return { min: source.min, max: own ?? source.max };
}

/** Whether no two rows, or no two of one tenant, may have the same value. */
export function mayNotRepeat({ field, entity }: FillColumn): boolean {
  if (field.source.unique) return true;
  const alone = (others: readonly FieldIr[]): boolean =>
    others.includes(field) && others.every((each) => each === field || each === entity?.tenant);
  const fieldsOf = (terms: EntityIr["indexes"][number]["terms"]): readonly FieldIr[] =>
    terms.flatMap((term) => ("field" in term ? [term.field] : []));
  return (
    entity !== undefined &&
    (alone(entity.key) ||
      entity.unique.some(({ fields }) => alone(fields)) ||
      entity.indexes.some(({ unique, terms }) => unique && alone(fieldsOf(terms))))
  );
}

/** The column that `TABLE.COLUMN` names. */
export function fillColumn({ entities }: StoreIr, about: string): FillColumn | undefined {
  const at = about.lastIndexOf(".");
  const entity = entities.find(({ table }) => table === about.slice(0, at));
  const field = entity?.fields.find(({ column }) => column === about.slice(at + 1));
  return field === undefined ? undefined : { field, entity };
}

/** The entity of a field, embedded ones included. */
export const entityOf = ({ entities }: StoreIr, field: FieldIr): EntityIr | undefined =>
  entities
    .flatMap((entity) => [entity, ...entity.children.map((child) => child.entity)])
    .find(({ fields }) => fields.includes(field));
