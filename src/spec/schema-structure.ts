import { z } from "zod";
import * as value from "./schema-values.ts";

/** Shapes of structures; which keys fit which type is `rules/structures.ts`. */

export const structureTypes = ["hash", "sortedSet", "stream", "channel"] as const;
export const structureValues = [
  "string",
  "int",
  "bigint",
  "float",
  "boolean",
  "timestamp",
  "json",
] as const;

export const structureSchema = z.strictObject({
  type: value
    .oneOf(structureTypes)
    .describe(
      "hash: values under fields; sortedSet: members by score; stream: a log with groups of consumers; channel: messages to whoever listens.",
    ),
  comment: value.text.optional().describe("Becomes the docstring."),
  value: value
    .oneOf(structureValues)
    .optional()
    .describe("hash: type of its values; json by default."),
  schema: z
    .record(z.string(), z.unknown(), { error: () => "a JSON Schema" })
    .optional()
    .describe("hash of json, stream, channel: JSON Schema of a value or message."),
  ttl: value.duration
    .optional()
    .describe("hash, sortedSet, stream: how long one lives after its last change."),
  maxLength: value.positive
    .optional()
    .describe("stream: messages that are kept at least; 10,000 by default."),
  buffer: value.positive
    .optional()
    .describe("channel: messages that wait for a slow reader; 1,000 by default."),
});

export type StructureSpec = z.infer<typeof structureSchema>;
