import { type Content, contentOf } from "./content.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { parentsOf, pathProblem, toolFolder } from "./paths.ts";
import { parseRecord, type UnitRecord } from "./record.ts";
import type { DamagedRecord, DiskEntry, TreeState } from "./tree-state.ts";
import { ignoreFile, journalFile, singleFiles } from "./tool-files.ts";
import { isUnit, recordPath, singleUnits, type Unit, unitFolders } from "./units.ts";

/**
 * Reads what a decision needs of the user's tree; writes nothing and follows no symlink.
 *
 * @param root     folder of the output package; need not exist
 * @param units    the units to reconcile, or "all" (then what left the plan can be removed)
 * @param planned  paths that are about to be written; recorded paths are read anyway
 * @throws the system error when a file of the tree cannot be read
 */
export function scan(
  root: string,
  units: readonly string[] | "all",
  planned: readonly string[] = [],
  fileSystem: FileSystem = nodeFileSystem,
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
  for (const record of records.values()) for (const path of record.files.keys()) wanted.add(path);
  for (const path of [...wanted, ignoreFile]) reader.read(path);
  return { records, damaged, disk: reader.disk, interrupted: reader.exists(journalFile) };
}

function recordOf(unit: Unit, entry: DiskEntry): ReturnType<typeof parseRecord> {
  if (entry.kind === "blocked") return { damage: `a ${entry.by} is in its place` };
  if (typeof entry.content !== "string") return { damage: "it is not text" };
  return parseRecord(unit, entry.content);
}

type Folder = "folder" | "missing" | Extract<DiskEntry, { kind: "blocked" }>;

class TreeReader {
  readonly disk = new Map<string, DiskEntry>();
  readonly #folders = new Map<string, Folder>();
  readonly #root: string;
  readonly #fs: FileSystem;

  constructor(root: string, fileSystem: FileSystem) {
    this.#root = root;
    this.#fs = fileSystem;
  }

  /** Units that have a record, in a stable order. */
  recordedUnits(): Unit[] {
    const named = unitFolders.flatMap((folder) =>
      this.#listed(`${toolFolder}/${folder}`)
        .filter((name) => name.endsWith(".json"))
        .map((name) => `${folder}/${name.slice(0, -".json".length)}`),
    );
    return [...singleUnits, ...named.toSorted()].filter(isUnit);
  }

  exists(path: string): boolean {
    return this.#fs.stat(`${this.#root}/${path}`) !== undefined;
  }

  read(path: string): DiskEntry | undefined {
    const known = this.disk.get(path);
    if (known !== undefined) return known;
    const entry = this.#load(path);
    if (entry !== undefined) this.disk.set(path, entry);
    return entry;
  }

  #load(path: string): DiskEntry | undefined {
    const folder = this.#folderAbove(path);
    if (folder === "missing") return undefined;
    if (folder !== "folder") return folder;
    const absolute = `${this.#root}/${path}`;
    const stat = this.#fs.stat(absolute);
    if (stat === undefined) return undefined;
    const { kind, ...stamp } = stat;
    if (kind !== "file") return { kind: "blocked", at: path, by: kind };
    return { kind: "file", content: this.#content(absolute), stamp };
  }

  /** Text is read as such at once (twice as fast); the bytes only where they may not be UTF-8. */
  #content(absolute: string): Content {
    const text = this.#fs.readText(absolute);
    const doubtful = text.includes("\uFFFD") || text.includes("\0");
    return doubtful ? contentOf(this.#fs.read(absolute)) : text;
  }

  #folderAbove(path: string): Folder {
    let above: Folder = "folder";
    for (const parent of parentsOf(path)) {
      above = this.#folders.get(parent) ?? this.#inspect(parent);
      this.#folders.set(parent, above);
      if (above !== "folder") return above;
    }
    return above;
  }

  #inspect(path: string): Folder {
    const stat = this.#fs.stat(`${this.#root}/${path}`);
    if (stat === undefined) return "missing";
    return stat.kind === "folder" ? "folder" : { kind: "blocked", at: path, by: stat.kind };
  }

  #listed(path: string): string[] {
    if (this.#folderAbove(`${path}/x`) !== "folder") return [];
    return this.#fs.list(`${this.#root}/${path}`);
  }
}
