import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { readUserFile, writeUserFile } from "../reconcile/single-file.ts";
import { specFile } from "../reconcile/tool-files.ts";
import { exitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import type { Place } from "./place.ts";

const pathFrom = (root: string, { folder, spec }: Place): string =>
  relative(root, join(folder, spec)).split(sep).join("/");

/**
 * One package has one spec: a second one would take the files of the first for outdated and remove them. A spec that was renamed or
 * moved is no second one.
 *
 * @throws Failure 2 when the package belongs to another spec that still exists
 */
export function refuseSecondSpec(root: string, place: Place): void {
  const known = existsSync(root) ? readUserFile(root, specFile)?.trim() : undefined;
  const own = pathFrom(root, place);
  if (known === undefined || known === own || !existsSync(resolve(root, known))) return;
  throw new Failure(
    exitCode.input,
    `${root} is generated from ${known} already, and a package has one spec; this is ${own}`,
    {
      hint: "give output: { package: ... } of one of them a folder of its own, or join them by include:",
    },
  );
}

/** Remembers whose the package is, after its files were written; committed, so that a clone knows it too. */
export function rememberSpec(root: string, place: Place): void {
  writeUserFile(root, specFile, `${pathFrom(root, place)}\n`);
}
