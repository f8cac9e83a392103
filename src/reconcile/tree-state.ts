import type { Content } from "./content.ts";
import type { UnitRecord } from "./record.ts";
import type { Unit } from "./units.ts";

/** Permission bits, size in bytes and times in milliseconds as lstat gives them. */
export interface FileStamp {
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** What lies at a path. A path that is not in the tree has no entry. */
export type DiskEntry =
  | { readonly kind: "file"; readonly content: Content; readonly stamp: FileStamp }
  /** Nothing can be read or written there: `at` is the path itself or the folder in its way. */
  | { readonly kind: "blocked"; readonly at: string; readonly by: Obstacle };

/** What can be in the way of a file. */
export type Obstacle = "symlink" | "folder" | "file" | "special file";

/** A record that cannot be read, and why. */
export interface DamagedRecord {
  readonly path: string;
  readonly damage: string;
}

/** Everything of the user's tree that a decision needs; the only thing `decide` knows of the disk. */
export interface TreeState {
  readonly records: ReadonlyMap<Unit, UnitRecord>;
  readonly damaged: readonly DamagedRecord[];
  /** By path: every planned and every recorded path that exists, and the tool's own files. */
  readonly disk: ReadonlyMap<string, DiskEntry>;
  /** Files of the data folder that no record lists, looked for only when a recorded file is missing. */
  readonly strays?: readonly string[];
  /** A run was killed here and has not been completed or reverted yet. */
  readonly interrupted: boolean;
}
