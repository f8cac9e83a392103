import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
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
  /** Absolute folder in which the command was started. */
  readonly from: string;
}

/** @param options the `--cwd` and `--spec` of the command line */
export function placeOf(io: Io, options: { readonly cwd: string; readonly spec: string }): Place {
  const path = resolve(io.cwd, options.cwd, options.spec);
  const spec = basename(path);
  return {
    folder: dirname(path),
    spec,
    lock: `${spec.replace(/\.(ya?ml|json)$/i, "")}.lock.json`,
    from: io.cwd,
    shown: isAbsolute(options.spec) ? options.spec : shownFrom(io.cwd, path),
  };
}

function shownFrom(cwd: string, path: string): string {
  return relative(cwd, path).replaceAll("\\", "/") || ".";
}

/** Whether there is no folder in which the spec could lie. */
export const isNowhere = ({ folder }: Place): boolean => !existsSync(folder);

/** `--cwd` for a spec that is not where it was looked for but in a folder above; undefined where there is none either. */
export function cwdAbove({ folder, spec, from }: Place): string | undefined {
  if (existsSync(join(folder, spec))) return undefined;
  let above = dirname(folder);
  while (!existsSync(join(above, spec))) {
    if (above === dirname(above)) return undefined;
    above = dirname(above);
  }
  return shownFrom(from, above);
}
