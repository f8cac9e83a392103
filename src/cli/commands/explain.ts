import { engines } from "../../engines/registry.gen.ts";
import { meant } from "../../spec/nearest.ts";
import { explainText } from "../../select/explain.ts";
import type { CommandContext } from "../context.ts";
import { exitCode, type ExitCode } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { readLock } from "../lock-file.ts";
import { choose, load } from "../pipeline.ts";
import { placeOf } from "../place.ts";

/** `explain WORKLOAD`: why this store, why not each other, what would flip it. */
export async function run({ io, output }: CommandContext, workload: string): Promise<ExitCode> {
  const place = placeOf(io, output.options);
  const loaded = load(place, output);
  const plan = choose(loaded, readLock(place)?.lock, output);
  const text = explainText(plan, workload, engines);
  if (text === undefined) {
    const names = plan.decisions.map((decision) => decision.workload);
    throw new Failure(exitCode.input, `there is no workload "${workload}"`, {
      hint: meant(workload, names, `workloads of ${place.spec}`),
    });
  }
  output.line(text.trimEnd());
  output.document(plan.decisions.find((decision) => decision.workload === workload));
  return exitCode.ok;
}
