import { pathProblem, toolFolder } from "./paths.ts";

/** Git-ignored folder of what belongs to one working copy only. */
export const cacheFolder = `${toolFolder}/.cache`;
/** The run under way, see journal.ts. */
export const journalFile = `${cacheFolder}/journal.json`;
/** Held by the one run that writes, see lock.ts. */
export const lockFile = `${cacheFolder}/lock`;
/** What the tree was last generated from, see shortcut.ts. */
export const inputsFile = `${cacheFolder}/inputs.json`;
/** What each unit was last generated from, see known-units.ts. */
export const unitsFile = `${cacheFolder}/units.json`;
/** The schema of each store as the last run found it, see known-schema.ts. */
export const schemaStateFile = `${cacheFolder}/schema.json`;
/** The spec of the last run, see slice/known-spec.ts. */
export const specStateFile = `${cacheFolder}/spec.json`;
/** Keeps {@link cacheFolder} out of the user's repository. */
export const ignoreFile = `${toolFolder}/.gitignore`;
export const ignoreText = "/.cache/\n";

/** JSON Schema of the spec, for the editor that the spec's first line points to. */
export const schemaFile = `${toolFolder}/spec.schema.json`;

/** Path from the package to the spec that it is generated from. */
export const specFile = `${toolFolder}/spec.txt`;

/** Folder of the snapshots: what the migrations of each store make together. */
export const schemaFolder = `${toolFolder}/schema`;

/** Whether a path is that of a snapshot: `schema/<store>/<part>.json` or `<migration>.migration` below the tool's folder. */
export function isSnapshotPath(path: string): boolean {
  if (!path.startsWith(`${schemaFolder}/`)) return false;
  const [store, file, ...rest] = path.slice(schemaFolder.length + 1).split("/");
  if (store === undefined || file === undefined || rest.length > 0) return false;
  return /\.(?:json|migration)$/.test(file) && pathProblem(`${store}/${file}`) === undefined;
}

/** Files of the tool's folder that are no records; each is written on its own. */
export const singleFiles: ReadonlySet<string> = new Set([ignoreFile, schemaFile, specFile]);
