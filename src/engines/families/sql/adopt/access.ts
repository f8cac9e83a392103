import { pascalCase } from "../../../../ir/words.ts";
import type { MethodSpec } from "../../../../spec/schema-access.ts";
import type { EntitySpec, FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueColumn, KnownTable } from "./catalogue.ts";
import type { AdoptDialect, FieldsByColumn } from "./dialect.ts";

/** Methods that a table's keys and indexes serve already. */
export function accessOf<T extends KnownTable>(
  table: T,
  spec: EntitySpec,
  fields: FieldsByColumn,
  dialect: AdoptDialect<T>,
): Record<string, MethodSpec> {
  const insert = canInsert(table, fields, dialect.fillsInserts(table)) ? { insert: {} } : {};
  if (spec.keyless === true) return { list: { page: "none" }, ...insert };
  if (cutKey(table, fields, dialect).length > 0)
    return { list: {}, ...Object.fromEntries(listings(spec)), ...insert };
  const changeable = Object.values(spec.fields).some(({ key }) => key !== true);
  return {
    get: {},
    list: {},
    ...Object.fromEntries(listings(spec)),
    ...insert,
    ...(changeable && { patch: {} }),
    delete: {},
  };
}

/** Columns of the key whose values are cut when they are read: no row is found by what was read of it. */
export const cutKey = <T extends KnownTable>(
  { columns }: T,
  fields: FieldsByColumn,
  { isCut }: AdoptDialect<T>,
): readonly CatalogueColumn[] =>
  columns.filter((column) => fields.get(column.name)?.spec.key === true && isCut(column));

/** A list by the fields of each full index, the whole of them: that much it serves without another. */
function listings(spec: EntitySpec): readonly (readonly [string, MethodSpec])[] {
  const key = Object.keys(spec.fields).filter((name) => spec.fields[name]?.key === true);
  const groups = [
    ...Object.keys(spec.fields)
      .filter((name) => spec.fields[name]?.unique === true)
      .map((name) => [name]),
    ...(spec.unique ?? []),
    ...(spec.indexes ?? []).flatMap(({ fields, method, where }) =>
      fields === undefined || method !== undefined || where !== undefined
        ? []
        : [fields.map((term) => term.replace(/^-/, ""))],
    ),
  ];
  return groups.flatMap((names) => {
    const asked = names.every((name) => canBeAsked(spec.fields[name]));
    if (!asked || names.join() === key.join()) return [];
    return [[`listBy${names.map(pascalCase).join("And")}`, { op: "list", where: names }] as const];
  });
}

const canBeAsked = (field: FieldSpec | undefined): boolean =>
  field !== undefined && !["json", "vector", "binary", "array"].includes(field.type);

/** Not where a column that is no field wants a value that nobody would give. */
const canInsert = ({ columns }: KnownTable, fields: FieldsByColumn, isFilled: boolean): boolean =>
  columns.every(
    ({ name, nullable, default: value, generated, identity }) =>
      fields.has(name) ||
      nullable ||
      value !== undefined ||
      generated !== undefined ||
      identity !== undefined ||
      isFilled,
  );
