import { z } from "zod";
import { entitySchema } from "./schema-entity.ts";
import * as value from "./schema-values.ts";
import { workloadSchema } from "./schema-workload.ts";

/** The whole spec, and the part of it that an included file may hold. Strict everywhere: an unknown key is an error. */

export const outputSchema = z.strictObject({
  dir: value.text
    .optional()
    .describe("Folder of the data layer inside the package; src/data by default."),
  importExtension: value
    .oneOf([".ts", ".js", ""])
    .optional()
    .describe(
      "Extension in generated imports; .ts by default, which Node runs without a build. With .js the scripts db, start and test run the script build first (tsc, rootDir . into outDir dist); empty is for a bundler of your own, and the scripts run the sources with a loader.",
    ),
  package: value.text
    .optional()
    .describe("Folder of the package, relative to the spec; . by default."),
});

export const budgetSchema = z.strictObject({
  engines: value.positive.optional().describe("Hard limit on the number of engines."),
});

const enginePhrase = { error: () => "the name of an engine; async-db-starter engines lists them" };
const engineId = z.string(enginePhrase).regex(/^[a-z][a-z0-9-]*$/, enginePhrase);

export const storesSchema = z.strictObject({
  running: z
    .array(engineId)
    .optional()
    .describe("Engines you operate already: adding another must earn its cost."),
  never: z.array(engineId).optional().describe("Engines that must not be chosen."),
  hosting: value
    .oneOf(["embedded", "self-managed", "aws", "gcp", "azure"])
    .optional()
    .describe("Where stores run; self-managed by default."),
  budget: budgetSchema.optional().describe("Hard limits."),
  names: z
    .record(value.kebabName, engineId)
    .optional()
    .describe("Store name to engine, for names of your own; DSN: <NAME>_URL."),
});

export const specSchema = z.strictObject({
  version: z.literal(1, { error: () => "1" }).describe("Version of this vocabulary: 1."),
  project: value.kebabName.describe("Name of the project, in small letters with hyphens."),
  include: value
    .some(value.text)
    .optional()
    .describe("More files of the same vocabulary, such as specs/*.yaml."),
  output: outputSchema.optional().describe("Where generated code goes."),
  stores: storesSchema.optional().describe("What you run, refuse and can afford."),
  entities: z.record(value.entityName, entitySchema).describe("Entities by name."),
  workloads: z.record(value.kebabName, workloadSchema).describe("Workloads by name."),
});

export type Spec = z.infer<typeof specSchema>;
export type StoresSpec = z.infer<typeof storesSchema>;
