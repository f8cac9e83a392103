import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import { entityNameOf, Names } from "../../../../migrate/baseline/names.ts";
import type { Catalogue } from "../catalogue.ts";
import { adoptTable } from "./entity.ts";
import { schemaNotes } from "./table-notes.ts";

/**
 * A live schema in the words of the spec: an entity for every table but partitions. What the spec has no word for stays in the database
 * and is told in a note. Pure.
 */
export function adoptSchema(catalogue: Catalogue): AdoptedSchema {
  const own = catalogue.tables.filter(({ partitionOf }) => partitionOf === undefined);
  const names = new Names();
  const entities = new Map(own.map(({ name }) => [name, entityNameOf(name, names)]));
  const tables = new Map(own.map((table) => [table.name, table]));
  return {
    entities: own.map((table) => adoptTable(table, { catalogue, entities, tables })),
    notes: schemaNotes(catalogue),
  };
}
