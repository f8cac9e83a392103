import { specJsonSchema, specTypesText } from "../../spec/json-schema.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";

/** `schema`: the JSON Schema of the spec, or with `--types` its field types in short. */
export async function run(
  { io, output }: CommandContext,
  options: { readonly types: boolean },
): Promise<ExitCode> {
  if (options.types && output.options.json) output.document({ types: specTypesText() });
  else io.out(options.types ? specTypesText() : `${JSON.stringify(specJsonSchema(), null, 2)}\n`);
  return exitCode.ok;
}
