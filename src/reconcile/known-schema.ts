import { join } from "node:path";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { recalled, remember } from "./cache-file.ts";
import {
  asWatchedPath,
  isAsBefore,
  isAsScanned,
  isWatched,
  type Watched,
  watchedAt,
} from "./shortcut.ts";
import { schemaFolder, schemaStateFile } from "./tool-files.ts";
import type { WatchedPath } from "./write-plan.ts";

/** A store's migrations and the snapshot of what they make, when a run found nothing wrong with them. */
export interface SoundSchema {
  readonly store: string;
  readonly engine: string;
  /** Every file that this rests on. */
  readonly files: readonly WatchedPath[];
  /** By part of the snapshot, the seal of what is stored. */
  readonly parts: Readonly<Record<string, string>>;
  /** By part of which the spec says otherwise: the seal of that, or null where it has no such part. */
  readonly pending: Readonly<Record<string, string | null>>;
}

/** What the spec says of a part, by its seal. */
export const wantedSeal = (
  { parts, pending }: Pick<SoundSchema, "parts" | "pending">,
  part: string,
): string | undefined => {
  const other = pending[part];
  return other === undefined ? parts[part] : (other ?? undefined);
};

interface Known {
  readonly engine: string;
  /** What lies in the two folders, read or not. */
  readonly names: readonly string[];
  readonly files: readonly Watched[];
  readonly parts: SoundSchema["parts"];
  readonly pending: SoundSchema["pending"];
}

/**
 * The schema of a store as the last run found it, when none of its files was touched since. Uses lstat and listings only; any doubt gives
 * undefined.
 */
export function soundSchema(
  root: string,
  store: string,
  fileSystem: FileSystem = nodeFileSystem,
): SoundSchema | undefined {
  const known = readKnown(root, fileSystem)?.[store];
  if (known === undefined) return undefined;
  if (namesOf(root, store, fileSystem).join("\n") !== known.names.join("\n")) return undefined;
  if (!known.files.every(isAsBefore(root, fileSystem))) return undefined;
  const files = known.files.map(asWatchedPath);
  const { engine, parts, pending } = known;
  return { store, engine, files, parts, pending };
}

/** Stores what {@link soundSchema} compares with. A failure is ignored: the next run is slower, not wrong. */
export function rememberSchemas(
  schemas: readonly SoundSchema[],
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): void {
  remember(schemaStateFile, root, fileSystem, () => {
    const known: Record<string, Known> = Object.create(null);
    for (const { store, engine, files, ...seals } of schemas) {
      const now = files.map(({ path }) => watchedAt(path, root, fileSystem));
      if (!files.every(({ stamp }, at) => isAsFound(stamp, now[at]))) continue;
      known[store] = { engine, names: namesOf(root, store, fileSystem), files: now, ...seals };
    }
    return JSON.stringify({ version: 3, stores: known });
  });
}

/** A file that was changed after it was judged must not be taken for the one that was; a missing one is none to rest on. */
const isAsFound = (stamp: WatchedPath["stamp"], now: Watched | undefined): boolean =>
  now?.length === 4 && isAsScanned(stamp, now);

const namesOf = (root: string, store: string, fileSystem: FileSystem): readonly string[] =>
  [`migrations/${store}`, `${schemaFolder}/${store}`].flatMap((folder) =>
    fileSystem.stat(join(root, folder))?.kind === "folder"
      ? fileSystem
          .list(join(root, folder))
          .toSorted()
          .map((name) => `${folder}/${name}`)
      : [],
  );

/** By store; one that is not sound is left out. */
const readKnown = (
  root: string,
  fileSystem: FileSystem,
): Readonly<Record<string, Known>> | undefined => {
  const stored = recalled(schemaStateFile, root, fileSystem, isStored);
  return (
    stored &&
    Object.fromEntries(
      Object.entries(stored.stores).filter((entry): entry is [string, Known] => isKnown(entry[1])),
    )
  );
};

const isStored = (
  value: unknown,
): value is { readonly version: 3; readonly stores: Readonly<Record<string, unknown>> } =>
  isRecord(value) && value["version"] === 3 && isRecord(value["stores"]);

function isKnown(value: unknown): value is Known {
  if (typeof value !== "object" || value === null) return false;
  if (!("engine" in value && "names" in value && "files" in value)) return false;
  if (!("parts" in value && "pending" in value)) return false;
  const { engine, names, files, parts, pending } = value;
  return (
    typeof engine === "string" &&
    Array.isArray(names) &&
    Array.isArray(files) &&
    files.every(isWatched) &&
    isRecord(parts) &&
    isRecord(pending)
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
