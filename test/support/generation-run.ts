/** `generate` as an installed package runs it: from the sources it would make all anew each time. */
import { Failure } from "../../src/cli/failure.ts";
import { generate } from "../../src/cli/generation.ts";
import { createOutput, type Io } from "../../src/cli/io.ts";
import { readLock } from "../../src/cli/lock-file.ts";
import { placeOf } from "../../src/cli/place.ts";
import { reconcileSlice } from "../../src/cli/sliced.ts";

/** What a run said and how it ended. */
export interface GenerationRun {
  readonly status: number;
  readonly said: readonly string[];
}

const inputs = { spec: "workloads.yaml", cwd: "." };
const ioOf = (folder: string, say: (text: string) => void): Io => ({
  cwd: folder,
  env: {},
  interactive: false,
  out: say,
  err: say,
});

/** @param whole renders all anew */
export function generation(folder: string, whole = false): GenerationRun {
  const said: string[] = [];
  const io = ioOf(folder, (text) => void said.push(text));
  const output = createOutput(io, { ...inputs, json: false, quiet: false, color: false });
  try {
    return { status: generate({ io, output }, { whole }), said };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: error.exitCode, said: [...said, error.message] };
  }
}

/** Whether the next run need not look at all of the spec. */
export function isSliced(folder: string): boolean {
  const place = placeOf(
    ioOf(folder, () => undefined),
    inputs,
  );
  const lock = readLock(place);
  return lock !== undefined && reconcileSlice(place, lock) !== undefined;
}
