import { memberTypeName } from "../../../../ir/names.ts";
import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import { entityNameOf, fieldNameOf, Names } from "../../../../migrate/baseline/names.ts";
import type { KnownTable } from "./catalogue.ts";
import type { AdoptDialect } from "./dialect.ts";
import { adoptTable } from "./entity.ts";

/**
 * Tables in the words of the spec, an entity each. What the spec has no word for stays in the database and is told in a note. Pure.
 *
 * @param notes what belongs to no entity
 */
export function adoptTables<T extends KnownTable>(
  all: readonly T[],
  dialect: AdoptDialect<T>,
  notes: readonly string[],
): AdoptedSchema {
  const own = all.filter(({ name }) => dialect.isWritable(name));
  const entities = namesOf(own, dialect);
  const tables = new Map(own.map((table) => [table.name, table]));
  return {
    entities: own.map((table) => adoptTable(table, { dialect, entities, tables })),
    notes: [
      ...notes,
      ...all
        .filter(({ name }) => !dialect.isWritable(name))
        .map(({ name }) => `table ${name}: its name cannot stand in a statement`),
    ],
  };
}

/** Entity by table. The type of an enum field is called by its entity and itself: no entity may be called that. */
function namesOf<T extends KnownTable>(
  tables: readonly T[],
  dialect: AdoptDialect<T>,
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
      return dialect.typeOf(column, false).type === "enum"
        ? [memberTypeName(first.get(name) ?? name, field)]
        : [];
    });
  });
  return given(enums);
}
