import type { FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueConstraint, KnownTable, ReferenceAction } from "./catalogue.ts";

/** A foreign key as a field says it, or why it does not. */
export type Reference =
  | {
      readonly column: string;
      readonly target: string;
      readonly onDelete?: NonNullable<FieldSpec["onDelete"]>;
      readonly note?: string;
    }
  | { readonly refused: string };

const actions: Readonly<Partial<Record<ReferenceAction, NonNullable<FieldSpec["onDelete"]>>>> = {
  cascade: "cascade",
  "set null": "set-null",
};

/**
 * @param tables those that become entities, by name
 * @param nullable whether the column may be null
 * @param onUpdateRemark what to say of one that changes rows on update
 */
export function referenceOf(
  { columns, target, deferrable, name }: CatalogueConstraint,
  tables: ReadonlyMap<string, KnownTable>,
  nullable: (column: string) => boolean,
  onUpdateRemark = "",
): Reference {
  const [column, ...more] = columns;
  const found = target === undefined ? undefined : tables.get(target.table);
  if (target === undefined || column === undefined || found === undefined)
    return { refused: `foreign key ${name} leads to a table that is no entity` };
  const key = found.constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  if (more.length > 0 || key.length !== 1 || key[0] !== target.columns[0])
    return { refused: `foreign key ${name} does not hold a key of one column` };
  const onDelete = actions[target.onDelete];
  const kept = [
    ...(target.onUpdate === "no action" || target.onUpdate === "restrict"
      ? []
      : [`on update ${target.onUpdate}${onUpdateRemark}`]),
    ...(target.onDelete === "set default" ? ["on delete set default"] : []),
    ...(deferrable ? ["deferrable"] : []),
  ];
  return {
    column,
    target: found.name,
    ...(onDelete !== undefined && (onDelete !== "set-null" || nullable(column)) && { onDelete }),
    ...(kept.length > 0 && { note: `its foreign key is ${kept.join(", ")}` }),
  };
}
