import { memberTypeName } from "../../../../ir/names.ts";
import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import { refuseUnknown } from "../../../../migrate/baseline/live.ts";
import { shellWord } from "../../../../render/encode.ts";
import { entityNameOf, fieldNameOf, Names } from "../../../../migrate/baseline/names.ts";
import type { KnownTable } from "./catalogue.ts";
import type { AdoptDialect } from "./dialect.ts";
import { adoptTable } from "./entity.ts";

/**
 * Tables in the words of the spec, an entity each. What the spec has no word for stays in the database and is told in a note. Pure.
 *
 * @param notes what belongs to no entity
 * @param except tables that become none
 * @throws AdoptionRefused where one of `except` is not there
 */
export function adoptTables<T extends KnownTable>(
  all: readonly T[],
  dialect: AdoptDialect<T>,
  notes: readonly string[],
  except: readonly string[],
): AdoptedSchema {
  refuseUnknown(
    except,
    all.map(({ name }) => name),
  );
  const refused = refusalsOf(all, dialect, except);
  const own = all.filter(({ name }) => !refused.has(name));
  const entities = namesOf(own, dialect);
  const tables = new Map(own.map((table) => [table.name, table]));
  return {
    entities: own.map((table) => adoptTable(table, { dialect, entities, tables })),
    notes: [...notes, ...[...refused].map(([name, why]) => `table ${name}: ${why}`)],
  };
}

/** Why a table is no entity, by its name. Of those that differ in case alone, which the spec does not tell apart, the first is one. */
function refusalsOf<T extends KnownTable>(
  tables: readonly T[],
  dialect: AdoptDialect<T>,
  except: readonly string[],
): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const { name } of tables) {
    const alike = taken.get(name.toLowerCase());
    if (except.includes(name)) refused.set(name, "left out by --except");
    else if (!dialect.isWritable(name)) refused.set(name, "its name cannot stand in a statement");
    else if (alike === undefined) taken.set(name.toLowerCase(), name);
    else
      refused.set(
        name,
        `its name differs from that of ${alike} in upper and lower case alone, which entities may not; to adopt it in place of that one: migrate baseline --except ${shellWord(alike)}`,
      );
  }
  return refused;
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
