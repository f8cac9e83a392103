import { pathProblem, toolFolder } from "./paths.ts";

/**
 * A unit is the part of the model that a file was rendered for; each has one record in the user's
 * repository, so that branches that change different units never touch the same record.
 */
export type Unit = "project" | "runtime" | `entities/${string}` | `stores/${string}`;

/** Folders of {@link toolFolder} that hold one record per name. */
export const unitFolders = ["entities", "stores"] as const;
/** Units that have exactly one record each. */
export const singleUnits = ["project", "runtime"] as const;

/** Whether a string names a unit whose record has a safe path. */
export function isUnit(unit: string): unit is Unit {
  if (singleUnits.some((single) => single === unit)) return true;
  const [folder, name, ...rest] = unit.split("/");
  if (
    rest.length > 0 ||
    name === undefined ||
    name === "" ||
    pathProblem(`${name}.json`) !== undefined
  ) {
    return false;
  }
  return unitFolders.some((known) => known === folder);
}

/** Path of a unit's record, relative to the output package. */
export function recordPath(unit: Unit): string {
  return `${toolFolder}/${unit}.json`;
}

/**
 * Whether a unit's record keeps the pristine last output. The runtime is copied byte for byte from
 * a released version, which can be rendered again: its hash is enough.
 */
export function keepsBase(unit: Unit): boolean {
  return unit !== "runtime";
}
