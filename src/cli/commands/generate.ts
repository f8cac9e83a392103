import { setFlagsFromString } from "node:v8";
import { unchangedSince } from "../../reconcile/shortcut.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { hashOfInputs } from "../input-hash.ts";
import type { GenerateOptions } from "../generation.ts";
import { fromSources } from "../package-files.ts";
import { placeOf } from "../place.ts";

/** `generate`: spec + lock → files. A tree that is known to be what they say is seen by hashes and times, without the pipeline. */
export async function run(context: CommandContext, options: GenerateOptions): Promise<ExitCode> {
  const { io, output } = context;
  const { dump, spec, cwd } = output.options;
  const plain =
    options.dryRun !== true &&
    options.diff !== true &&
    options.restore === undefined &&
    dump === undefined;
  if (plain && !fromSources) {
    const place = placeOf(io, { cwd, spec });
    const hash = hashOfInputs(place);
    if (hash !== undefined && unchangedSince(hash, place.folder)) {
      output.line("nothing changed; no file written");
      output.document({ created: [], rewritten: [], removed: [], notes: [] });
      return exitCode.ok;
    }
  }
  // V8 would let the young generation grow to three times 32 MB; what is rendered lives on, so nothing is won by that.
  if (!fromSources) setFlagsFromString("--semi-space-growth-factor=1");
  const { generate } = await import("../generation.ts");
  // From the sources, templates change without the version.
  return generate(context, { ...options, whole: fromSources });
}
