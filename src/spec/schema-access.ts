import { z } from "zod";
import * as value from "./schema-values.ts";
import { requirementWords } from "./vocabulary.ts";

/** Shapes of workloads' access patterns, SLA and scale; which keys fit which operation is `rules/operations.ts`. */

export const operations = [
  "get",
  "list",
  "aggregate",
  "insert",
  "patch",
  "upsert",
  "delete",
  "increment",
  "history",
] as const;

const comment = value.text.optional().describe("Becomes the docstring.");
const page = value
  .oneOf(["keyset", "none"])
  .optional()
  .describe("keyset (the default) or none: everything, up to 10,000 rows.");
const filter = z
  .array(value.term)
  .optional()
  .describe("Fields that may narrow the result; .range for a range.");

const measures = z
  .union([value.fieldRef, value.some(value.fieldRef)], {
    error: () => "a field or a list of fields",
  })
  .optional();

export const measureSchema = z.strictObject({
  count: value.flag.optional().describe("Number of rows."),
  sum: measures.describe("Sum of a field or of several."),
  avg: measures.describe("Mean of a field or of several."),
  min: measures.describe("Smallest value of a field or of several."),
  max: measures.describe("Largest value of a field or of several."),
});

export const methodSchema = z.strictObject({
  op: value.oneOf(operations).optional().describe("Operation; the method's name by default."),
  comment,
  where: z
    .array(value.term)
    .optional()
    .describe("list, aggregate: fields that must be given; .range for a range."),
  optional: z.array(value.term).optional().describe("list, aggregate: fields that may be given."),
  orderBy: z
    .array(value.orderTerm)
    .optional()
    .describe(
      "list: order; a minus is descending. The key completes it, unless a unique constraint makes it total.",
    ),
  page,
  groupBy: z
    .array(value.term)
    .optional()
    .describe("aggregate: fields, or calendar units such as placedAt.day (UTC)."),
  measure: measureSchema.optional().describe("aggregate: what is computed per group."),
  fields: value
    .some(value.fieldRef)
    .optional()
    .describe("patch: fields that may change; all but key and managed ones by default."),
  bulk: value.flag.optional().describe("insert, upsert: takes many rows, in one statement."),
  ttl: value.duration.optional().describe("upsert: the row expires after this time."),
  field: value.fieldRef.optional().describe("increment: the number that changes."),
  by: value
    .oneOf(["any", "positive", "negative"])
    .optional()
    .describe("increment: allowed sign; any by default."),
  floor: z
    .number({ error: () => "a number" })
    .optional()
    .describe("increment: the value never falls below."),
  ceiling: z
    .number({ error: () => "a number" })
    .optional()
    .describe("increment: the value never rises above."),
});

export const searchMethodSchema = z.strictObject({
  comment,
  text: value
    .some(value.fieldRef)
    .optional()
    .describe("Text fields that are searched; all of the view's text fields by default."),
  filter,
  facets: z
    .array(value.fieldRef)
    .optional()
    .describe(
      "Facets that are counted, of each the 100 values with most hits; the fields with `facet: true` by default.",
    ),
  highlight: value.flag.optional().describe("Marked excerpts with each hit."),
  page,
});

export const vectorMethodSchema = z.strictObject({
  comment,
  filter,
  hybridWith: value.kebabName
    .optional()
    .describe("Search workload of the same entity whose text score is fused in."),
});

export const searchFieldSchema = z.strictObject({
  weight: value.amount.optional().describe("Weight in ranking; 1 by default."),
  facet: value.flag.optional().describe("Counted as a facet."),
});

export const slaSchema = z.strictObject({
  p99Ms: value.amount.optional().describe("99th percentile of latency in milliseconds."),
  availability: value.amount.optional().describe("Percent of time, such as 99.95."),
  consistency: value
    .oneOf(["strong", "session", "eventual"])
    .optional()
    .describe("What a read after a write sees."),
  freshnessSeconds: value.measured.optional().describe("Largest lag of a view behind its source."),
  rpoSeconds: value.measured
    .optional()
    .describe("Most data that may be lost in a disaster, as time."),
  rtoSeconds: value.measured
    .optional()
    .describe("Longest time until service is back after a disaster."),
});

export const scaleSchema = z.strictObject({
  rows: value.quantity
    .optional()
    .describe("Rows, documents or keys today, of all entities together."),
  bytes: value.size.optional().describe("Data today, as a size."),
  readsPerSecond: value.quantity.optional().describe("Reads a second at peak."),
  writesPerSecond: value.quantity.optional().describe("Writes a second at peak."),
  growth: value.factor
    .optional()
    .describe("Factor over the planning horizon, such as 10x; 1x by default."),
  processes: value.positive.optional().describe("Application processes that share the workload."),
  writeRegions: value.positive.optional().describe("Regions that must accept writes."),
  itemBytes: value.size.optional().describe("Size of one row, document or value."),
});

export const requiresSchema = z
  .array(value.oneOf(requirementWords))
  .optional()
  .describe("Explicit requirements on the store.");

export type MethodSpec = z.infer<typeof methodSchema>;
export type SearchMethodSpec = z.infer<typeof searchMethodSchema>;
export type VectorMethodSpec = z.infer<typeof vectorMethodSchema>;
export type SlaSpec = z.infer<typeof slaSchema>;
export type ScaleSpec = z.infer<typeof scaleSchema>;
