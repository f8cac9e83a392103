import { relatedUnits, type UnitInput, type UnitInputs } from "../ir/unit-inputs.ts";
import type { VirtualFile } from "../render/virtual-file.ts";
import { type FileSystem, nodeFileSystem } from "./file-system.ts";
import { recalled, remember } from "./cache-file.ts";
import {
  asWatchedPath,
  isAsBefore,
  isAsScanned,
  isWatched,
  waitForClock,
  type Watched,
  watchedAt,
} from "./shortcut.ts";
import { unitsFile } from "./tool-files.ts";
import { isUnit, recordPath } from "./units.ts";
import type { WatchedPath, WritePlan } from "./write-plan.ts";

/** A unit as the last run left it: what it is made from, and the stamps of its files and its record; none where it is not to be trusted. */
export type KnownUnit = UnitInput & { readonly files?: readonly Watched[] };

export interface KnownUnits {
  readonly version: 2;
  readonly common: string;
  readonly units: Readonly<Record<string, KnownUnit>>;
}

/** Units that a run can leave out, with their files: what they are made from and what is on disk is what the last run left. */
export type UntouchedUnits = ReadonlyMap<string, readonly Watched[]>;

export const nothingUntouched: UntouchedUnits = new Map();

/**
 * The units that neither the spec nor the user has touched since the last run. Uses lstat only. Any doubt gives none: also where an
 * entity came or went, since its files could meet another's.
 */
export function untouchedUnits(
  { common, units }: UnitInputs,
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): UntouchedUnits {
  const known = readKnownUnits(root, fileSystem);
  if (known === undefined || known.common !== common) return nothingUntouched;
  const names = Object.keys(known.units);
  if (!names.every((name) => units.has(name))) return nothingUntouched;
  const before = new Map(Object.entries(known.units));
  const changed = [...units].flatMap(([name, { own }]) =>
    before.get(name)?.own === own ? [] : [name],
  );
  const touched = new Set([...relatedUnits(changed, units), ...relatedUnits(changed, before)]);
  return new Map(
    names.flatMap((name) => {
      const { files } = before.get(name) ?? {};
      const trusted =
        files !== undefined && !touched.has(name) && files.every(isAsBefore(root, fileSystem));
      return trusted ? [[name, files] as const] : [];
    }),
  );
}

/** Their paths, which a run without them rests on too. */
export const watchedOf = (untouched: UntouchedUnits): readonly WatchedPath[] =>
  [...untouched.values()].flat().map(asWatchedPath);

/**
 * Stores what {@link untouchedUnits} compares with, for the units that nothing is to be said of. A failure is ignored: the next run is
 * slower, not wrong.
 */
export function rememberUnits(
  { common, units }: UnitInputs,
  root: string,
  run: {
    readonly files: readonly VirtualFile[];
    readonly plan: WritePlan;
    readonly untouched: UntouchedUnits;
  },
  fileSystem: FileSystem = nodeFileSystem,
): void {
  remember(unitsFile, root, fileSystem, () => {
    waitForClock();
    const paths = pathsByUnit(run.files, run.plan);
    const stamps = new Map(run.plan.watched.map((one) => [one.path, one]));
    const known: Record<string, KnownUnit> = Object.create(null);
    for (const [unit, inputs] of units) {
      const before = run.untouched.get(unit);
      const files =
        before ?? stampsOf(paths.get(unit), (path) => watchedAt(path, root, fileSystem), stamps);
      known[unit] = files === undefined ? inputs : { ...inputs, files };
    }
    return JSON.stringify({ version: 2, common, units: known } satisfies KnownUnits);
  });
}

/** Paths of each unit's files and its record; a unit that something has to be said of at each run has none. */
function pathsByUnit(
  files: readonly VirtualFile[],
  { notes, actions }: WritePlan,
): ReadonlyMap<string, readonly string[]> {
  const unitOf = new Map(files.map(({ path, unit }) => [path, unit]));
  const conflicts = actions.filter((action) => "conflicts" in action);
  const said = [...notes, ...conflicts].map(({ path }) => unitOf.get(path));
  if (said.includes(undefined)) return new Map();
  const paths = new Map<string, string[]>();
  for (const { path, unit } of files) {
    if (said.includes(unit) || !isUnit(unit)) continue;
    const known = paths.get(unit);
    if (known === undefined) paths.set(unit, [recordPath(unit), path]);
    else known.push(path);
  }
  return paths;
}

/** The stamps of these paths now; undefined when one was changed after it was judged, or is not watched. */
function stampsOf(
  paths: readonly string[] | undefined,
  now: (path: string) => Watched,
  judged: ReadonlyMap<string, WatchedPath>,
): readonly Watched[] | undefined {
  const files: Watched[] = [];
  for (const path of paths ?? []) {
    const watched = judged.get(path);
    const found = now(path);
    if (watched === undefined || found.length === 1) return undefined;
    if (!isAsScanned(watched.stamp, found)) return undefined;
    files.push(found);
  }
  return paths === undefined ? undefined : files;
}

/** What the last run left; undefined where nothing sound is. */
export const readKnownUnits = (
  root: string,
  fileSystem: FileSystem = nodeFileSystem,
): KnownUnits | undefined => recalled(unitsFile, root, fileSystem, isKnown);

function isKnown(value: unknown): value is KnownUnits {
  if (typeof value !== "object" || value === null) return false;
  if (!("version" in value && "common" in value && "units" in value)) return false;
  const { version, common, units } = value;
  if (version !== 2 || typeof common !== "string") return false;
  return typeof units === "object" && units !== null && Object.values(units).every(isKnownUnit);
}

function isKnownUnit(value: unknown): value is KnownUnit {
  if (typeof value !== "object" || value === null) return false;
  if (!("own" in value && "to" in value && "family" in value)) return false;
  const isSound = typeof value.own === "string" && isNames(value.to) && isNames(value.family);
  return isSound && (!("files" in value) || isWatchedList(value.files));
}

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === "string");

const isWatchedList = (value: unknown): boolean => Array.isArray(value) && value.every(isWatched);
