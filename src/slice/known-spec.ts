import { hash } from "node:crypto";
import { join } from "node:path";
import { type FileSystem, nodeFileSystem } from "../reconcile/file-system.ts";
import { forget, recalled, remember } from "../reconcile/cache-file.ts";
import { isWatched, type Watched } from "../reconcile/shortcut.ts";
import { schemaStateFile, specStateFile, unitsFile } from "../reconcile/tool-files.ts";
import type { Captured } from "./captured-files.ts";
import type { Sizes } from "./side.ts";

/** A file of the spec as text. */
export interface SpecText {
  readonly path: string;
  readonly text: string;
}

/** The spec that a package was last generated from, when there was nothing to say of it. */
export interface KnownSpec {
  /** Of what the output depends on beside the spec: generator, lock, the spec's name. */
  readonly settings: string;
  /** Files of the spec in the order in which they are read. */
  readonly reads: readonly SpecText[];
  readonly lists: Captured["lists"];
  /** By kind of name: what no two entities may be called. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly sizes: Sizes;
  /** Entities that the rest of the spec speaks of, and one of each list. */
  readonly mentioned: readonly string[];
  /** Paths of what belongs to no entity, as they were. */
  readonly shared: readonly Watched[];
}

const version = 3;

/** What was read, as text: the loader has refused what is not UTF-8. */
export const textsOf = ({ reads }: Captured): readonly SpecText[] =>
  reads.map(({ path, bytes }) => ({ path, text: new TextDecoder().decode(bytes) }));

/** @returns undefined unless the units and schemas that were remembered beside it are the ones of the same run */
export function readKnownSpec(
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): KnownSpec | undefined {
  const stored = recalled(specStateFile, root, fileSystem, isStored);
  if (stored === undefined) return undefined;
  return stored.beside === besideOf(root, fileSystem) ? stored.spec : undefined;
}

/** Stores it after units and schemas; undefined forgets it. A failure is ignored: the next run is slower, not wrong. */
export function rememberSpecText(
  spec: KnownSpec | undefined,
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): void {
  if (spec === undefined) return forget(specStateFile, root, fileSystem);
  remember(specStateFile, root, fileSystem, () => {
    const beside = besideOf(root, fileSystem);
    return beside && JSON.stringify({ version, beside, spec } satisfies Stored);
  });
}

/** Hash of the units and schemas that are remembered; undefined unless both are. */
function besideOf(root: string, fileSystem: FileSystem): string | undefined {
  try {
    const texts = [unitsFile, schemaStateFile].map((path) => fileSystem.readText(join(root, path)));
    return hash("sha1", texts.join("\n"));
  } catch {
    return undefined;
  }
}

interface Stored {
  readonly version: typeof version;
  readonly beside: string;
  readonly spec: KnownSpec;
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  if (!("version" in value && "beside" in value && "spec" in value)) return false;
  return value.version === version && isKnownSpec(value.spec);
}

function isKnownSpec(value: unknown): value is KnownSpec {
  if (typeof value !== "object" || value === null) return false;
  if (!("settings" in value && "reads" in value && "lists" in value)) return false;
  if (!("names" in value && "sizes" in value && "mentioned" in value && "shared" in value))
    return false;
  const { settings, reads, lists, names, sizes, mentioned, shared } = value;
  const areLists = [reads, lists, mentioned, shared].every(Array.isArray);
  return (
    areLists &&
    typeof settings === "string" &&
    [names, sizes].every((record) => typeof record === "object" && record !== null) &&
    Array.isArray(shared) &&
    shared.every(isWatched)
  );
}
