import { pascalCase } from "../../../../ir/words.ts";
import type { MethodSpec } from "../../../../spec/schema-access.ts";
import type { EntitySpec, FieldSpec } from "../../../../spec/schema-entity.ts";
import type { CatalogueTable } from "../catalogue.ts";
import type { FieldsByColumn } from "./indexes.ts";

/** Methods that a table's keys and indexes serve already. */
export function accessOf(
  table: CatalogueTable,
  spec: EntitySpec,
  fields: FieldsByColumn,
): Record<string, MethodSpec> {
  const insert = canInsert(table, fields) ? { insert: {} } : {};
  if (spec.keyless === true) return { list: { page: "none" }, ...insert };
  const changeable = Object.values(spec.fields).some(({ key }) => key !== true);
  return {
    get: {},
    list: {},
    ...Object.fromEntries(listings(table, spec, fields)),
    ...insert,
    ...(changeable && { patch: {} }),
    delete: {},
  };
}

/** A list by the fields of each full index, the whole of them: that much it serves without another. */
function listings(
  table: CatalogueTable,
  spec: EntitySpec,
  fields: FieldsByColumn,
): readonly (readonly [string, MethodSpec])[] {
  const groups = [
    ...table.constraints.filter(({ kind }) => kind === "unique").map(({ columns }) => columns),
    ...table.indexes
      .filter(({ method, where, valid }) => method === "btree" && where === undefined && valid)
      .map(({ keys }) => keys.map(({ column }) => column ?? "")),
  ];
  const key = Object.keys(spec.fields).filter((name) => spec.fields[name]?.key === true);
  return groups.flatMap((columns) => {
    const group = columns.flatMap((column) => fields.get(column) ?? []);
    const names = group.map(({ name }) => name);
    if (group.length < columns.length || names.join() === key.join()) return [];
    if (!group.every((field) => canBeAsked(field.spec))) return [];
    return [[`listBy${names.map(pascalCase).join("And")}`, { op: "list", where: names }] as const];
  });
}

const canBeAsked = ({ type }: FieldSpec): boolean =>
  !["json", "vector", "binary", "array"].includes(type);

/** Not where a column that is no field wants a value that nobody would give. */
function canInsert(table: CatalogueTable, fields: FieldsByColumn): boolean {
  const filled = table.triggers.some(({ definition }) => /\bBEFORE\b.*\bINSERT\b/.test(definition));
  return table.columns.every(
    ({ name, nullable, default: value, generated, identity }) =>
      identity !== "always" &&
      (fields.has(name) ||
        nullable ||
        value !== undefined ||
        generated !== undefined ||
        identity !== undefined ||
        filled),
  );
}
