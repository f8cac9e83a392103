import { memberTypeName } from "../../../../ir/names.ts";
import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import { entityNameOf, fieldNameOf, Names } from "../../../../migrate/baseline/names.ts";
import type { Catalogue, CatalogueTable } from "../catalogue.ts";
import { typeSpecOf } from "./column-type.ts";
import { adoptTable } from "./entity.ts";
import { isWritable } from "./field.ts";
import { schemaNotes } from "./table-notes.ts";

/**
 * A live schema in the words of the spec: an entity for every table but partitions. What the spec has no word for stays in the database
 * and is told in a note. Pure.
 */
export function adoptSchema(catalogue: Catalogue): AdoptedSchema {
  const roots = catalogue.tables.filter(({ partitionOf }) => partitionOf === undefined);
  const own = roots.filter(({ name }) => isWritable(name));
  const entities = namesOf(own, catalogue);
  const tables = new Map(own.map((table) => [table.name, table]));
  return {
    entities: own.map((table) => adoptTable(table, { catalogue, entities, tables })),
    notes: [
      ...schemaNotes(catalogue),
      ...roots
        .filter(({ name }) => !isWritable(name))
        .map(({ name }) => `table ${name}: its name cannot stand in a statement`),
    ],
  };
}

/** Entity by table. The type of an enum field is called by its entity and itself: no entity may be called that. */
function namesOf(
  tables: readonly CatalogueTable[],
  catalogue: Catalogue,
): ReadonlyMap<string, string> {
  const given = (taken: Iterable<string>): ReadonlyMap<string, string> => {
    const names = new Names(taken);
    return new Map(tables.map(({ name }) => [name, entityNameOf(name, names)]));
  };
  const first = given([]);
  const enums = tables.flatMap(({ name, columns }) => {
    const fields = new Names();
    return columns.flatMap((column) => {
      const field = fieldNameOf(column.name, fields);
      return typeSpecOf(column.type, catalogue, false).type === "enum"
        ? [memberTypeName(first.get(name) ?? name, field)]
        : [];
    });
  });
  return given(enums);
}
