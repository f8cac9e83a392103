import type { VirtualFile } from "../render/virtual-file.ts";
import { align } from "./align.ts";
import { type Content, normaliseText } from "./content.ts";
import { contentLines, movedFiles, similarity, type Missing } from "./moved.ts";
import { foldPath } from "./paths.ts";
import { placeOf, type RecordedFile } from "./record.ts";
import type { Renames } from "./renames.ts";
import type { DiskEntry, TreeState } from "./tree-state.ts";

/** A planned file with its past. */
export interface Located {
  /** Where it is written: its own path, or the one that the user moved it to. */
  readonly at: string;
  readonly recorded: RecordedFile | undefined;
  /** What lies at `origin`, else at `at`. */
  readonly disk: DiskEntry | undefined;
  /** Another path whose file this one takes the place of. */
  readonly origin?: string;
  /** The recorded path that it goes on from, when that is not its own. */
  readonly former?: string;
  /** Same file under another spelling on a file system that ignores case. */
  readonly respelled?: true;
}

/** Finds where every recorded file lies now, and which of them a planned file goes on from. */
export class Locator {
  readonly recorded: ReadonlyMap<string, RecordedFile>;
  readonly #state: TreeState;
  readonly #renames: Renames;
  readonly #planned: ReadonlyMap<string, VirtualFile>;
  readonly #moved: ReadonlyMap<string, string>;
  readonly #staleByFold: ReadonlyMap<string, string>;

  constructor(files: readonly VirtualFile[], state: TreeState, renames: Renames) {
    this.#state = state;
    this.#renames = renames;
    this.recorded = new Map([...state.records.values()].flatMap((record) => [...record.files]));
    this.#planned = new Map(files.map((file) => [file.path, file]));
    this.#moved = movedFiles(missingFiles(this.recorded, state), strayTexts(state));
    this.#staleByFold = new Map(
      [...this.recorded.keys()]
        .filter((path) => !this.#planned.has(path))
        .map((path) => [foldPath(path), path]),
    );
  }

  /** Recorded paths that nothing renders to any more. */
  stale(): string[] {
    return [...this.recorded.keys()].filter((path) => !this.#planned.has(path));
  }

  /** Where a recorded file lies, its own path when nowhere. */
  placeOf(path: string, recorded: RecordedFile): string {
    const moved = this.#moved.get(path);
    if (moved !== undefined) return moved;
    const place = placeOf(path, recorded);
    return this.#state.disk.has(place) ? place : path;
  }

  locate(file: VirtualFile): Located {
    const { path } = file;
    const recorded = this.recorded.get(path);
    if (recorded !== undefined) {
      const at = this.placeOf(path, recorded);
      return { at, recorded, disk: this.#state.disk.get(at) };
    }
    return this.#renamed(file) ?? this.#respelled(path) ?? this.#fresh(path);
  }

  #fresh(path: string): Located {
    return { at: path, recorded: undefined, disk: this.#state.disk.get(path) };
  }

  /** The file that the entity had under its former name, unless somebody else's is in the way. */
  #renamed({ path, ownership, content }: VirtualFile): Located | undefined {
    const former = this.#renames.paths.get(path);
    const recorded = former === undefined ? undefined : this.recorded.get(former);
    if (former === undefined || recorded === undefined || this.#planned.has(former)) return;
    if (ownership === "yours" || recorded.kind === "yours") return undefined;
    const { disk } = this.#state;
    const place = this.placeOf(former, recorded);
    const own = disk.get(path);
    if (own === undefined) {
      return place === former
        ? { at: path, recorded, disk: disk.get(former), origin: former, former }
        : { at: place, recorded, disk: disk.get(place), former };
    }
    const goesOn = place === path || (!disk.has(place) && this.#isLike(own, recorded, content));
    return goesOn ? { at: path, recorded, disk: own, former } : undefined;
  }

  /** Whether the user renamed the file together with the entity. */
  #isLike(entry: DiskEntry, recorded: RecordedFile, planned: Content | Uint8Array): boolean {
    if (entry.kind !== "file" || typeof entry.content !== "string") return false;
    if (recorded.kind !== "text" || typeof planned !== "string") return false;
    const { base } = align(recorded.base, recorded.base, planned, this.#renames.rewordings);
    return (
      Math.max(similarity(base, entry.content), similarity(recorded.base, entry.content)) >= 0.5
    );
  }

  /**
   * The record of a path that changed only in case. Where the file system ignores case, the file on
   * disk is the old one; where it does not, nothing is at the new path and the record is not asked.
   */
  #respelled(path: string): Located | undefined {
    const disk = this.#state.disk.get(path);
    const old = disk === undefined ? undefined : this.#staleByFold.get(foldPath(path));
    if (old === undefined) return undefined;
    return { at: path, recorded: this.recorded.get(old), disk, respelled: true };
  }
}

function missingFiles(recorded: ReadonlyMap<string, RecordedFile>, state: TreeState): Missing[] {
  return [...recorded].flatMap(([path, file]): readonly Missing[] => {
    if (!isAway(path, file, state) || file.kind === "yours") return [];
    const found = foundAt(path, file, state);
    return typeof found === "string" ? [[path, file, found]] : [[path, file]];
  });
}

function foundAt(
  path: string,
  file: RecordedFile,
  { disk }: Pick<TreeState, "disk">,
): Content | undefined {
  const found = disk.get(placeOf(path, file)) ?? disk.get(path);
  return found?.kind === "file" ? found.content : undefined;
}

/**
 * Whether a generated file is not where it was, and no run has seen that yet: gone, or with another
 * file in its place that has next to nothing of it, as when the user gave it a new name and put a
 * file of their own under the old one.
 */
export function isAway(
  path: string,
  file: RecordedFile,
  { disk }: Pick<TreeState, "disk">,
): boolean {
  if (file.kind === "yours" || file.deleted === true) return false;
  const found = disk.get(placeOf(path, file)) ?? disk.get(path);
  if (found === undefined) return true;
  if (file.kind !== "text" || found.kind !== "file" || typeof found.content !== "string") {
    return false;
  }
  const text = normaliseText(found.content);
  return text !== file.base && isOther(file.base, text);
}

const isOther = (base: string, text: string): boolean =>
  contentLines(base).length >= 4 && similarity(base, text) < 0.2;

function strayTexts({ strays = [], disk }: TreeState): Map<string, Content> {
  return new Map(
    strays.flatMap((path) => {
      const entry = disk.get(path);
      return entry?.kind === "file" ? [[path, entry.content] as const] : [];
    }),
  );
}
