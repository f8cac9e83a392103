import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { isAway } from "./locate.ts";
import { parentsOf, pathProblem } from "./paths.ts";
import { parseRecord, placeOf, type RecordedFile, type UnitRecord } from "./record.ts";
import type { DamagedRecord, DiskEntry, TreeState } from "./tree-state.ts";
import { ignoreFile, journalFile, singleFiles } from "./tool-files.ts";
import { TreeReader } from "./tree-reader.ts";
import { isUnit, recordPath, type Unit } from "./units.ts";

/**
 * Reads what a decision needs of the user's tree; writes nothing and follows no symlink.
 *
 * @param root     folder of the output package; need not exist
 * @param units    the units to reconcile, or "all" (then what left the plan can be removed)
 * @param planned  paths that are about to be written; recorded paths are read anyway
 * @param data     folder of the data layer, "." for the package itself: where a recorded file that
 *                 is missing is looked for first; undefined to look nowhere
 * @throws the system error when a file of the tree cannot be read
 */
export function scan(
  root: string,
  units: readonly string[] | "all",
  planned: readonly string[] = [],
  fileSystem: FileSystem = nodeFileSystem,
  data?: string,
): TreeState {
  const reader = new TreeReader(root, fileSystem);
  const records = new Map<Unit, UnitRecord>();
  const damaged: DamagedRecord[] = [];
  for (const unit of units === "all" ? reader.recordedUnits() : units.filter(isUnit)) {
    const path = recordPath(unit);
    const entry = reader.read(path);
    if (entry === undefined) continue;
    const record = recordOf(unit, entry);
    if ("damage" in record) damaged.push({ path, damage: record.damage });
    else records.set(unit, record);
  }
  const wanted = new Set(
    planned.filter((path) => singleFiles.has(path) || pathProblem(path) === undefined),
  );
  const recorded = [...records.values()].flatMap((record) => [...record.files]);
  for (const [path, file] of recorded) wanted.add(path).add(placeOf(path, file));
  for (const path of [...wanted, ignoreFile]) reader.read(path);
  const strays = data === undefined ? [] : straysOf(data, recorded, wanted, reader);
  return { records, damaged, disk: reader.disk, strays, interrupted: reader.exists(journalFile) };
}

/**
 * Files that may be a missing one under a new name, in the data folder and in the outermost folder
 * that it was in (`test`, `docs`); nothing is looked for when none is missing.
 */
function straysOf(
  data: string,
  recorded: readonly (readonly [string, RecordedFile])[],
  wanted: ReadonlySet<string>,
  reader: TreeReader,
): string[] {
  const missing = recorded.filter(([path, file]) => isAway(path, file, reader));
  if (missing.length === 0) return [];
  const outermost = missing.flatMap(([path]) => parentsOf(path).slice(0, 1));
  const folders = new Set([data === "." ? "" : data, ...outermost]);
  const found = new Set([...folders].flatMap((folder) => reader.files(folder)));
  const strays = [...found].filter((path) => !wanted.has(path));
  for (const path of strays) reader.read(path);
  return strays;
}

function recordOf(unit: Unit, entry: DiskEntry): ReturnType<typeof parseRecord> {
  if (entry.kind === "blocked") return { damage: `a ${entry.by} is in its place` };
  if (typeof entry.content !== "string") return { damage: "it is not text" };
  return parseRecord(unit, entry.content);
}
