import { ignoreFile } from "./tool-files.ts";
import type { DamagedRecord, DiskEntry } from "./tree-state.ts";
import type { DiskFile, Finding, Note } from "./write-plan.ts";
import type { Content } from "./content.ts";

export function unresolved(path: string, lines: readonly number[]): Finding {
  const where = lines.map((line) => `${path}:${line}`).join(", ");
  return {
    kind: "unresolved",
    path,
    message: `${path} holds the markers of a conflict (${where})`,
    mend: `edit the file until it is as you want it and the markers are gone, then run it again`,
  };
}

/** @param path where it is generated to; @param at where it lies */
export function unmergeable(path: string, at: string, disk: DiskFile, planned: Content): Finding {
  return {
    kind: "unmergeable",
    path: at,
    message: `${at} was changed by hand and has a newer version, and is of a kind that is not merged`,
    mend: `copy your file elsewhere, delete it, take the newer one by: async-db-starter generate --restore ${path}, and put your change into that`,
    change: { path: at, before: disk.content, after: planned },
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
    mend: `resolve the merge in it, or restore it from version control: git checkout -- ${path}`,
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

/** @param seen whether a run of `generate` has seen and recorded that before */
export function deletedNote(path: string, seen: boolean): Note {
  const what = seen
    ? `${path} was deleted by you and stays deleted`
    : `${path} is missing: taken as deleted by you, it is not made again`;
  return {
    kind: "deleted",
    path,
    message: `${what}; to have it again: async-db-starter generate --restore ${path}`,
  };
}

export function handChangedNote(path: string): Note {
  const message = `${path} is generated and changed by hand; your change is kept`;
  return { kind: "hand-changed", path, message };
}

export function mergedNote(path: string): Note {
  return { kind: "merged", path, message: `merged: ${path}, your change kept` };
}

export function movedNote(path: string, at: string): Note {
  const message = `${path} was moved by you to ${at} and is generated there; imports of ${path} in other generated files are not rewritten`;
  return { kind: "moved", path, message };
}

export function keptMigrationNote(path: string): Note {
  const message = `${path} is a migration: it is kept, and no longer written by generate`;
  return { kind: "kept-migration", path, message };
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

export function notRestoredNote(path: string): Note {
  const message = `${path} is there and is not replaced; delete it first to have the generated one`;
  return { kind: "not-restored", path, message };
}
