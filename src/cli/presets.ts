import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { packageRoot } from "./package-files.ts";

const folder = join(packageRoot, "assets/presets");

/** Presets that ship with the package. */
export const presetNames = (): readonly string[] => readdirSync(folder).toSorted();

/** The spec of a preset, or undefined when there is none of this name. */
export function presetText(name: string): string | undefined {
  const known = presetNames().includes(name);
  const path = join(folder, name, "workloads.yaml");
  return known && existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Files of a preset beside its spec, by path in the project: an example that shows what this project is for. */
export function presetFiles(name: string): ReadonlyMap<string, string> {
  const root = join(folder, name);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== join(root, "workloads.yaml"));
  return new Map(
    files.map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}
