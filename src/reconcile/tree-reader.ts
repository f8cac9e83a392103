import { type Content, contentOf } from "./content.ts";
import type { FileSystem } from "./file-system.ts";
import { parentsOf, pathProblem, toolFolder } from "./paths.ts";
import type { DiskEntry } from "./tree-state.ts";
import { isUnit, singleUnits, type Unit, unitFolders } from "./units.ts";

// Enough for any data layer; a folder with more is not one (output: { dir: "." } in a monorepo).
const maxFiles = 20_000;
// A rendered file is far smaller.
const maxFileBytes = 1_000_000;

type Folder = "folder" | "missing" | Extract<DiskEntry, { kind: "blocked" }>;

/** Reads paths below one root, each once; follows no symlink. */
export class TreeReader {
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
      this.listed(`${toolFolder}/${folder}`)
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

  /** Names in a folder; none where there is no folder. */
  listed(path: string): string[] {
    if (path !== "" && this.#folderAbove(`${path}/x`) !== "folder") return [];
    return this.#fs.list(`${this.#root}/${path}`);
  }

  /** Files below a folder, "" for all, in a stable order; hidden ones, packages and links left out. */
  files(folder: string): string[] {
    const found: string[] = [];
    const open = [folder];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const name of this.listed(next).toSorted()) {
        const path = next === "" ? name : `${next}/${name}`;
        if (name.startsWith(".") || name === "node_modules" || pathProblem(path) !== undefined) {
          continue;
        }
        const stat = this.#fs.stat(`${this.#root}/${path}`);
        if (stat?.kind === "folder") open.push(path);
        if (stat?.kind === "file" && stat.size <= maxFileBytes) found.push(path);
        if (found.length >= maxFiles) return found;
      }
    }
    return found;
  }
}
