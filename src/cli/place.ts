import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import type { Io } from "./io.ts";

/** Where one run of the pipeline works. */
export interface Place {
  /** Absolute folder of the spec. */
  readonly folder: string;
  /** Name of the spec file in it. */
  readonly spec: string;
  /** Name of the lock file in it: `workloads.lock.json`. */
  readonly lock: string;
  /** The spec as messages name it: as its user would find it from here. */
  readonly shown: string;
}

/** @param options the `--cwd` and `--spec` of the command line */
export function placeOf(io: Io, options: { readonly cwd: string; readonly spec: string }): Place {
  const path = resolve(io.cwd, options.cwd, options.spec);
  const spec = basename(path);
  return {
    folder: dirname(path),
    spec,
    lock: `${spec.replace(/\.(ya?ml|json)$/i, "")}.lock.json`,
    shown: isAbsolute(options.spec) ? options.spec : shownFrom(io.cwd, path),
  };
}

function shownFrom(cwd: string, path: string): string {
  return relative(cwd, path).replaceAll("\\", "/") || ".";
}
