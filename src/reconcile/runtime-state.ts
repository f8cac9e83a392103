import type { VirtualFile } from "../render/virtual-file.ts";
import { contentOf, hashOf, normalise } from "./content.ts";
import { placeOf } from "./record.ts";
import type { TreeState } from "./tree-state.ts";

/** A file of the runtime that is not as this version of the generator writes it. */
export interface RuntimeDeviation {
  readonly path: string;
  readonly state: "edited" | "outdated" | "edited and outdated" | "missing";
}

/** The runtime on disk against the one that comes with this generator. Pure. */
export function runtimeDeviations(
  files: readonly VirtualFile[],
  { records, disk }: TreeState,
): readonly RuntimeDeviation[] {
  const recorded = records.get("runtime")?.files;
  return files
    .filter(({ unit, ownership }) => unit === "runtime" && ownership !== "yours")
    .flatMap(({ path, content }): RuntimeDeviation[] => {
      const entry = recorded?.get(path);
      const found = disk.get(entry === undefined ? path : placeOf(path, entry));
      if (found?.kind !== "file") return [{ path, state: "missing" }];
      const raw = typeof content === "string" ? content : contentOf(content);
      const [mine, newest] = [hashOf(normalise(found.content)), hashOf(normalise(raw))];
      if (mine === newest) return [];
      const last = entry?.kind === "hashed" ? entry.hash : undefined;
      if (mine === last) return [{ path, state: "outdated" }];
      return [{ path, state: last === newest ? "edited" : "edited and outdated" }];
    });
}
