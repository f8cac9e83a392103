import { z } from "zod";
import type { Json } from "./model.ts";
import { specSchema } from "./schema.ts";

export { specTypesText } from "./types-text.ts";

/** JSON Schema (draft 7, which editors know best) of the spec, made from the zod schema; `assets/spec.schema.json` holds it. */
export function specJsonSchema(): { readonly [key: string]: Json } {
  const made = z.toJSONSchema(specSchema, { target: "draft-7", io: "input", reused: "inline" });
  const { $schema, ...rest } = JSON.parse(JSON.stringify(made));
  return {
    $schema,
    title: "async-db-starter: workloads.yaml",
    description:
      "Entities and workloads, from which stores are chosen and a data layer is generated.",
    ...rest,
  };
}

/** The text of `assets/spec.schema.json`. */
export const specJsonSchemaText = (): string =>
  `${JSON.stringify(specJsonSchema(), undefined, 2)}\n`;
