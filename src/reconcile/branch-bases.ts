import { type Content, normalise, sameContent } from "./content.ts";
import { parseRecord, placeOf, type RecordedFile, type UnitRecord } from "./record.ts";
import type { TreeState } from "./tree-state.ts";
import { recordPath, type Unit } from "./units.ts";
import { isLastOutput } from "./verdict.ts";

/** A branch as it was before it was merged. */
export interface Branch {
  /** A file of the output package there; undefined when it had none, or one that cannot be read. */
  read(path: string): Content | undefined;
}

/**
 * The tree after a merge that took a file whole from one branch. The record was merged line by line all the same, so against it the lines
 * of the other branch would be missing from that file as if the user had deleted them: what such a file is compared with is the base that
 * its own branch recorded.
 *
 * @param branches what was merged; asked for only when a file is not what its record says
 */
export function withBranchBases(state: TreeState, branches: () => readonly Branch[]): TreeState {
  const changed = [...state.records].flatMap(([unit, { files }]) =>
    [...files].flatMap(([path, file]) => {
      const content = contentAt(state, placeOf(path, file));
      return file.kind !== "text" || content === undefined || isLastOutput(file, content)
        ? []
        : [{ unit, path, file, content }];
    }),
  );
  if (changed.length === 0) return state;
  const merged = branches();
  if (merged.length === 0) return state;
  const records = new Map(state.records);
  for (const { unit, path, file, content } of changed) {
    const base = merged.flatMap((branch) => baseOf(branch, unit, path, file, content))[0];
    const record = records.get(unit);
    if (base !== undefined && record !== undefined)
      records.set(unit, withBase(record, path, file, base));
  }
  return { ...state, records };
}

function contentAt({ disk }: TreeState, path: string): Content | undefined {
  const entry = disk.get(path);
  return entry?.kind === "file" ? entry.content : undefined;
}

/** What a branch recorded of a file that lies here as it had it. */
function baseOf(
  branch: Branch,
  unit: Unit,
  path: string,
  file: RecordedFile,
  content: Content,
): readonly string[] {
  const there = branch.read(placeOf(path, file));
  if (there === undefined || !sameContent(normalise(there), normalise(content))) return [];
  const text = branch.read(recordPath(unit));
  const record = typeof text === "string" ? parseRecord(unit, text) : undefined;
  const entry = record === undefined || "damage" in record ? undefined : record.files.get(path);
  return entry?.kind === "text" ? [entry.base] : [];
}

function withBase(record: UnitRecord, path: string, file: RecordedFile, base: string): UnitRecord {
  if (file.kind !== "text") return record;
  const { theirs: _, ...entry } = file;
  return { ...record, files: new Map(record.files).set(path, { ...entry, base }) };
}
