import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
