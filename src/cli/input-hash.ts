import { filesIn } from "../spec/files.ts";
import { maxSpecBytes } from "../spec/limits.ts";
import { readUserFile } from "../reconcile/single-file.ts";
import { inputHash } from "../reconcile/shortcut.ts";
import { packageVersion } from "./package-files.ts";
import type { Place } from "./place.ts";

/** One hash of everything the output depends on, from sources as the loader read them; the spec's name is in every file. */
export const hashOfSources = (
  sources: readonly Uint8Array[],
  lock: string,
  { spec }: Pick<Place, "spec">,
): string => inputHash([...sources, lock, spec, packageVersion()]);

/** The same without loading, for a spec of one file; undefined when spec or lock is missing. A spec with more files never has this hash. */
export function hashOfInputs(place: Place): string | undefined {
  const read = filesIn(place.folder).readSpec(place.spec, maxSpecBytes);
  if ("failure" in read) return undefined;
  const lock = readUserFile(place.folder, place.lock);
  return lock === undefined ? undefined : hashOfSources([read.bytes], lock, place);
}

/** One hash of what the output depends on beside the spec. */
export const hashOfSettings = (lock: string, { spec }: Pick<Place, "spec">): string =>
  inputHash([lock, spec, packageVersion()]);
