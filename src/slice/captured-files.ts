import { maxSpecBytes } from "../spec/limits.ts";
import type { FileRead, SpecFiles } from "../spec/files.ts";

/** What a load asked of the folder of a spec, in order: enough to ask the same again. */
export interface Captured {
  readonly reads: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly lists: readonly { readonly folder: string; readonly names: readonly string[] }[];
}

/** The same files, and what was read of them; undefined when something could not be read. */
export interface CapturingFiles extends SpecFiles {
  captured(): Captured | undefined;
}

export function capturing(files: SpecFiles): CapturingFiles {
  const reads: { path: string; bytes: Uint8Array }[] = [];
  const lists: { folder: string; names: readonly string[] }[] = [];
  let failed = false;
  const kept = (path: string, read: FileRead): FileRead => {
    if ("failure" in read) failed = true;
    else reads.push({ path, bytes: read.bytes });
    return read;
  };
  return {
    readSpec: (name, maxBytes) => kept(name, files.readSpec(name, maxBytes)),
    read: (path, maxBytes) => kept(path, files.read(path, maxBytes)),
    list(folder) {
      const names = files.list(folder);
      lists.push({ folder, names });
      return names;
    },
    captured: () => (failed ? undefined : { reads, lists }),
  };
}

/** The same files read once more; undefined when one of them is gone or there are others. */
export function capturedAgain(before: KnownFiles, files: SpecFiles): Captured | undefined {
  const reads = before.reads.flatMap(({ path }, at) => {
    const read = at === 0 ? files.readSpec(path, maxSpecBytes) : files.read(path, maxSpecBytes);
    return "failure" in read ? [] : [{ path, bytes: read.bytes }];
  });
  const lists = before.lists.map(({ folder }) => ({ folder, names: files.list(folder) }));
  const isSame =
    reads.length === before.reads.length &&
    lists.every(({ names }, at) => names.join("\n") === before.lists[at]?.names.join("\n"));
  return isSame ? { reads, lists } : undefined;
}

/** Files as somebody remembers them. */
export interface KnownFiles {
  readonly reads: readonly { readonly path: string }[];
  readonly lists: Captured["lists"];
}

/** Files that exist in memory only. */
export function remembered(
  texts: ReadonlyMap<string, string>,
  lists: Captured["lists"],
): SpecFiles {
  const read = (path: string): FileRead => {
    const text = texts.get(path);
    return text === undefined ? { failure: "missing" } : { bytes: new TextEncoder().encode(text) };
  };
  return {
    readSpec: read,
    read,
    list: (folder) => lists.find((one) => one.folder === folder)?.names ?? [],
  };
}
