import { primaryKeyName } from "../../../../ir/names.ts";
import type { AdoptedSchema } from "../../../../migrate/baseline/adopted.ts";
import type { AdoptDialect } from "../../../families/sql/adopt/dialect.ts";
import { adoptTables } from "../../../families/sql/adopt/schema.ts";
import { expressionProblem } from "../../sql/expression.ts";
import type { Catalogue, CatalogueTable } from "../catalogue.ts";
import { typeSpecOf } from "./column-type.ts";
import { columnRefusal, columnRemark, isCut, isWritable, uncutType, valueOf } from "./field.ts";
import { schemaNotes, tableNotes } from "./table-notes.ts";

/**
 * A live schema in the words of the spec: an entity for every table but partitions. What the spec has no word for stays in the database
 * and is told in a note. Pure.
 */
export const adoptSchema = (catalogue: Catalogue, except: readonly string[]): AdoptedSchema =>
  adoptTables(
    catalogue.tables.filter(({ partitionOf }) => partitionOf === undefined),
    dialectOf(catalogue),
    schemaNotes(catalogue),
    except,
  );

const dialectOf = (catalogue: Catalogue): AdoptDialect<CatalogueTable> => ({
  typeOf: ({ type }, compared) => typeSpecOf(type, catalogue, compared),
  storedType: ({ type }) => type,
  valueOf,
  keyName: primaryKeyName,
  isWritable,
  columnRefusal,
  columnRemark,
  isCut,
  uncutType,
  expressionProblem,
  indexRefusal: () => undefined,
  tableNotes,
  fillsInserts: ({ triggers }) =>
    triggers.some(({ definition }) => /\bBEFORE\b.*\bINSERT\b/.test(definition)),
});
