import { z } from "zod";
import * as value from "./schema-values.ts";

/** Shape of an entity in the spec; which keys fit which type of field is `rules/field-types.ts`. */

export const fieldTypes = [
  "uuid",
  "string",
  "text",
  "int",
  "bigint",
  "decimal",
  "float",
  "boolean",
  "date",
  "timestamp",
  "json",
  "binary",
  "enum",
  "array",
  "vector",
] as const;

/** Types of the elements of an array. */
export const elementTypes = [
  "uuid",
  "string",
  "text",
  "int",
  "bigint",
  "decimal",
  "float",
  "boolean",
  "date",
  "timestamp",
] as const;

export const fieldSchema = z.strictObject({
  type: value
    .oneOf(fieldTypes)
    .describe(
      "Logical type; `async-db-starter schema --types` lists them with their TypeScript types.",
    ),
  key: value.flag
    .optional()
    .describe("Part of the primary key. Several key fields make a composite key, in their order."),
  nullable: value.flag.optional().describe("May be null; false by default."),
  unique: value.flag.optional().describe("No two rows share the value."),
  generated: value
    .oneOf(["client", "database", "caller"])
    .optional()
    .describe(
      "Who makes the value of a key: client (uuid v7, the default of uuid keys), database (sequence or database uuid) or caller.",
    ),
  min: value.bound.optional().describe("Smallest value, inclusive; becomes a check."),
  max: value.bound
    .optional()
    .describe(
      "string: most characters (255 by default); array: most elements; numbers and dates: largest value, inclusive.",
    ),
  default: z.json().optional().describe("Value when none is given at insert."),
  pii: value.flag.optional().describe("Personal data: kept out of logs and named in the report."),
  references: value.entityRef
    .optional()
    .describe("Entity whose key this field holds: a foreign key."),
  onDelete: value
    .oneOf(["restrict", "cascade", "set-null"])
    .optional()
    .describe("What deleting the referenced row does; restrict by default."),
  column: value.text
    .min(1, { error: () => "text" })
    .optional()
    .describe("Column in an existing schema; snake_case of the field by default."),
  stored: z
    .strictObject({
      type: value.text
        .min(1, { error: () => "text" })
        .optional()
        .describe(
          "Type of the existing column in the store's own words, such as mpaa_rating or varchar(40); it keeps its own limits, none are added.",
        ),
      default: value.text
        .min(1, { error: () => "text" })
        .optional()
        .describe("SQL expression by which the store fills the column, such as now()."),
      identity: value
        .oneOf(["always"])
        .optional()
        .describe(
          "always: a key with generated: database that the store numbers and statements may not name (generated always as identity).",
        ),
    })
    .optional()
    .describe("How a column of an existing schema is stored, where the other words do not say it."),
  was: value.fieldRef
    .optional()
    .describe("The field's former name: a rename, carried through code and migrations."),
  comment: value.text
    .optional()
    .describe("What the field means; becomes a docstring and a column comment."),
  values: value.some(value.text).optional().describe("enum: its values, in their order."),
  precision: value.positive.optional().describe("decimal: all digits, 1 to 1000."),
  scale: value.count.optional().describe("decimal: digits after the point, at most the precision."),
  of: value.oneOf(elementTypes).optional().describe("array: type of its elements."),
  schema: z
    .union([z.string(), z.record(z.string(), z.json())], {
      error: () => "a path such as ./schemas/attributes.json, or a JSON Schema",
    })
    .optional()
    .describe("json: JSON Schema of the value, inline or as a path relative to the spec."),
  dimensions: value.positive.optional().describe("vector: number of dimensions, 1 to 16000."),
  metric: value
    .oneOf(["cosine", "l2", "ip"])
    .optional()
    .describe("vector: distance; cosine by default."),
});

export const indexSchema = z.strictObject({
  name: value.text
    .optional()
    .describe("Name of the index; made from table and columns by default."),
  fields: value
    .some(value.orderTerm)
    .optional()
    .describe("Fields in order; a minus makes one descending."),
  expression: value.text
    .optional()
    .describe("One SQL expression instead of fields, such as lower(email)."),
  method: value
    .oneOf(["btree", "gin", "gist", "brin", "hash", "fulltext"])
    .optional()
    .describe("Index method; the store's default when absent."),
  unique: value.flag.optional().describe("No two rows share the indexed values."),
  where: value.text.optional().describe("SQL condition of a partial index, in column names."),
  comment: value.text.optional().describe("Why the index exists."),
});

export const partitionSchema = z.strictObject({
  by: value.fieldRef.describe("Field of the key that tells in which partition a row lies."),
  every: value
    .oneOf(["day", "month", "year"])
    .optional()
    .describe(
      "A partition per calendar unit (UTC) of a date or timestamp; migrate up makes those to come.",
    ),
  hash: value.positive
    .optional()
    .describe("This many partitions, by a hash of the value: 2 to 1024."),
});

export const entitySchema = z.strictObject({
  table: value.text
    .min(1, { error: () => "text" })
    .optional()
    .describe("Table in an existing schema; plural snake_case by default."),
  comment: value.text
    .optional()
    .describe("What the entity is; becomes a docstring and a table comment."),
  was: value.entityRef.optional().describe("The entity's former name: a rename."),
  tenant: value.fieldRef
    .optional()
    .describe(
      "Field that holds the tenant (a uuid unless the field is given); repositories exist only on forTenant().",
    ),
  owner: value.entityRef
    .optional()
    .describe("Root entity of which this is an owned child: saved and loaded with it."),
  perOwner: value.quantity
    .optional()
    .describe(
      "Of an owned child: how many one owner is expected to have. A document store keeps a large list in a collection of its own instead of inside its root.",
    ),
  partition: partitionSchema
    .optional()
    .describe(
      "The table in parts, each with its own indexes: by time (every) or spread evenly (hash).",
    ),
  version: value.flag.optional().describe("Optimistic version: a stale write is a conflict."),
  audit: value.flag.optional().describe("History table; history() and asOf()."),
  softDelete: value.flag.optional().describe("delete sets deletedAt; reads leave such rows out."),
  timestamps: value.flag
    .optional()
    .describe("createdAt and updatedAt; true by default, false for an owned child."),
  keyless: value.flag.optional().describe("States that the entity has no key on purpose."),
  fields: z.record(value.memberName, fieldSchema).describe("Fields by name, in camelCase."),
  indexes: z
    .array(indexSchema)
    .optional()
    .describe("Indexes besides those that keys and access patterns bring."),
  unique: z
    .array(value.some(value.fieldRef))
    .optional()
    .describe("Groups of fields that are unique together."),
  checks: z
    .record(value.memberName, value.text)
    .optional()
    .describe("SQL conditions by name, in column names."),
  constraints: z
    .record(z.string(), value.text.min(1, { error: () => "text" }))
    .optional()
    .describe(
      "Names of constraints in an existing schema, by the name that would be made: films_pkey: pk_film.",
    ),
  dependencies: z
    .array(value.text)
    .optional()
    .describe(
      'Functional dependencies such as "customerId -> tenantId", for the normal-form report.',
    ),
});

export type PartitionSpec = z.infer<typeof partitionSchema>;
export type FieldSpec = z.infer<typeof fieldSchema>;
export type IndexSpec = z.infer<typeof indexSchema>;
export type EntitySpec = z.infer<typeof entitySchema>;
