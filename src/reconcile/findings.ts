import { ignoreFile } from "./tool-files.ts";
import type { DamagedRecord, DiskEntry } from "./tree-state.ts";
import type { DiskFile, Finding, Note } from "./write-plan.ts";
import type { Content } from "./content.ts";

/** @param seam a file of the user's own next to the changed one, undefined when there is none */
export function handChanged(
  path: string,
  disk: DiskFile,
  planned: Content,
  seam: string | undefined,
): Finding {
  return {
    kind: "hand-changed",
    path,
    message: `${path} is generated and was changed by hand since`,
    mend: `move your change to ${seam ?? "a file of your own that imports this one"}, then restore the generated file: git checkout -- ${path} (a change already committed: git checkout COMMIT -- ${path}, with the commit before it)`,
    change: { path, before: disk.content, after: planned },
  };
}

export function unlisted(path: string, disk: DiskFile, planned: Content): Finding {
  return {
    kind: "unlisted",
    path,
    message: `${path} would be generated, but a file that was not generated is already there`,
    mend: `move or rename your file, or let the spec's "output:" name another folder`,
    change: { path, before: disk.content, after: planned },
  };
}

export function unsafePath(path: string, problem: string): Finding {
  const shown = JSON.stringify(path);
  return {
    kind: "unsafe-path",
    path,
    message: `the output path ${shown} is refused: ${problem}`,
    mend: `change the name in the spec, or its "output:"; output paths are relative and stay in the package`,
  };
}

export function collision(path: string, other: string): Finding {
  return {
    kind: "collision",
    path,
    message: `the output paths ${other} and ${path} cannot both exist on every file system`,
    mend: "rename one of the entities, stores or workloads that they come from",
  };
}

export function blocked(path: string, disk: Extract<DiskEntry, { kind: "blocked" }>): Finding {
  const where = disk.at === path ? `${path}: a ${disk.by} is in its place` : "";
  return {
    kind: "blocked-path",
    path,
    message: where || `${path} cannot be written: ${disk.at} is a ${disk.by}, not a folder`,
    mend: `move ${disk.at} away; nothing is ever written through a link`,
  };
}

export function damagedRecord({ path, damage }: DamagedRecord): Finding {
  return {
    kind: "damaged-record",
    path,
    message: `${path} cannot be read: ${damage}`,
    mend: `resolve the merge in it, or restore it: git checkout -- ${path}`,
  };
}

export function interrupted(): Finding {
  const path = ignoreFile.slice(0, ignoreFile.lastIndexOf("/"));
  return {
    kind: "interrupted",
    path,
    message: "an earlier run was interrupted while it wrote",
    mend: "run generate: it completes or reverts that run first",
  };
}

export function deletedNote(path: string): Note {
  const message = `${path} was deleted by you and stays deleted; to have it again:`;
  return {
    kind: "deleted",
    path,
    message: `${message} async-db-starter generate --restore ${path}`,
  };
}

export function keptHandChangedNote(path: string): Note {
  const message = `${path} is no longer generated; it was changed by hand, so it is kept and yours`;
  return { kind: "kept-hand-changed", path, message };
}

export function keptYoursNote(path: string): Note {
  const message = `${path} has lost the generated code it was made for; it is yours, so it is kept`;
  return { kind: "kept-yours", path, message };
}

export function alreadyThereNote(path: string): Note {
  return { kind: "already-there", path, message: `${path} was there already and is left alone` };
}
