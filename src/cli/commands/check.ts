import { cleanSince } from "../../reconcile/shortcut.ts";
import { cleanDocument, cleanLine } from "../clean-report.ts";
import type { CheckOptions } from "../checking.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { hashOfInputs } from "../input-hash.ts";
import { fromSources } from "../package-files.ts";
import { placeOf } from "../place.ts";

/**
 * `check`: as `generate`, but writes nothing; exit 1 with the diff when code and spec, or lock and spec, differ. A tree that `generate`
 * left clean is seen to be so still by hashes and times, without the pipeline.
 */
export async function run(context: CommandContext, options: CheckOptions = {}): Promise<ExitCode> {
  const { io, output } = context;
  if (options.runtime !== true && output.options.dump === undefined && !fromSources) {
    const place = placeOf(io, output.options);
    const hash = hashOfInputs(place);
    if (hash !== undefined && cleanSince(hash, place.folder)) {
      output.document(cleanDocument);
      output.line(cleanLine);
      return exitCode.ok;
    }
  }
  const { check } = await import("../checking.ts");
  return check(context, options);
}
