import type { Content } from "./content.ts";
import { type JournalEntry, sealOf, tempPath } from "./journal.ts";
import { folderOf, parentsOf } from "./paths.ts";
import type { FileChange } from "./write-plan.ts";

/** A temporary file to write, before the entry that it belongs to can be committed. */
export interface StagedFile {
  /** Relative to the root, under the entry's `temp`. */
  readonly path: string;
  readonly content: Content;
  /** For a new file, still subject to the umask. */
  readonly mode: number;
  /** Permission bits to keep, for a file that is replaced. */
  readonly keepMode: number | undefined;
  /** Holds what nothing can make again, so it has to be on the disk itself before it is renamed. */
  readonly durable: boolean;
}

/** The steps of a run, and what has to be on disk before the first of them. */
export interface Staging {
  readonly entries: readonly JournalEntry[];
  /** Temporary folders, outer before inner. */
  readonly folders: readonly string[];
  readonly files: readonly StagedFile[];
}

/**
 * Lays out a run. Files of a folder that does not exist yet are made under one temporary folder,
 * which then takes its place in one rename: a fresh tree costs no rename per file.
 *
 * @param changes   in the order in which they have to come about; removals come first anyway, but
 *                  for those of a content that goes on elsewhere, which come last
 * @param isFolder  whether a folder (relative to the root) exists now
 * @param token     12 hex digits, new for every run
 */
export function stage(
  changes: readonly FileChange[],
  isFolder: (path: string) => boolean,
  token: string,
): Staging {
  const entries: JournalEntry[] = [];
  const last: JournalEntry[] = [];
  const layout = new Layout(token);
  for (const change of changes) {
    if (change.kind === "remove") {
      const entry = { kind: change.kind, path: change.path, before: sealOf(change.before.content) };
      if (change.last === true) last.push({ ...entry, last: true });
      else entries.push(entry);
    } else {
      const missing = parentsOf(change.path).find((parent) => !isFolder(parent));
      if (missing === undefined) layout.addFile(change);
      else layout.addInside(missing, change);
    }
  }
  return { ...layout.staging(), entries: [...entries, ...layout.entries(), ...last] };
}

type Write = Exclude<FileChange, { kind: "remove" }>;
type FolderEntry = {
  readonly kind: "folder";
  readonly path: string;
  readonly temp: string;
  readonly folders: string[];
  readonly files: { readonly path: string; readonly after: ReturnType<typeof sealOf> }[];
};

class Layout {
  readonly #token: string;
  readonly #entries: (JournalEntry | FolderEntry)[] = [];
  readonly #newFolders = new Map<string, FolderEntry>();
  readonly #known = new Set<string>();
  readonly #folders: string[] = [];
  readonly #files: StagedFile[] = [];

  constructor(token: string) {
    this.#token = token;
  }

  entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  staging(): Pick<Staging, "folders" | "files"> {
    return { folders: this.#folders, files: this.#files };
  }

  addFile(change: Write): void {
    const { path, content } = change;
    const temp = tempPath(path, this.#token, this.#entries.length);
    const before = change.kind === "create" ? null : sealOf(change.before.content);
    this.#entries.push({ kind: "file", path, temp, after: sealOf(content), before });
    this.#files.push(stagedFile(temp, change));
  }

  addInside(missing: string, change: Write): void {
    const entry = this.#newFolders.get(missing) ?? this.#openFolder(missing);
    const inside = change.path.slice(missing.length + 1);
    this.#addFolders(entry, folderOf(inside));
    entry.files.push({ path: inside, after: sealOf(change.content) });
    this.#files.push(stagedFile(`${entry.temp}/${inside}`, change));
  }

  #openFolder(path: string): FolderEntry {
    const temp = tempPath(path, this.#token, this.#entries.length);
    const entry: FolderEntry = { kind: "folder", path, temp, folders: [], files: [] };
    this.#newFolders.set(path, entry);
    this.#entries.push(entry);
    this.#folders.push(temp);
    return entry;
  }

  #addFolders(entry: FolderEntry, inside: string): void {
    if (inside === "" || this.#known.has(`${entry.temp}/${inside}`)) return;
    for (const folder of [...parentsOf(inside), inside]) {
      const staged = `${entry.temp}/${folder}`;
      if (this.#known.has(staged)) continue;
      this.#known.add(staged);
      this.#folders.push(staged);
      entry.folders.push(folder);
    }
  }
}

function stagedFile(path: string, change: Write): StagedFile {
  const { content } = change;
  const durable = change.conflicts !== undefined;
  const before = change.kind === "rewrite" ? change.before : change.from;
  if (before !== undefined) {
    return { path, content, mode: 0o600, keepMode: before.stamp.mode, durable };
  }
  const executable = change.kind === "create" && change.executable;
  return { path, content, mode: executable ? 0o777 : 0o666, keepMode: undefined, durable };
}
