import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const benchRoot = dirname(dirname(fileURLToPath(import.meta.url)));
export const repositoryRoot = dirname(dirname(benchRoot));
/** The program as it is installed: `npm run build` makes it. */
export const program = join(repositoryRoot, "dist", "bin.cjs");

/** A git-ignored folder for what a suite makes. */
export function workFolder(...name: readonly string[]): string {
  const folder = join(benchRoot, ".work", ...name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function emptyWorkFolder(...name: readonly string[]): string {
  rmSync(join(benchRoot, ".work", ...name), { recursive: true, force: true });
  return workFolder(...name);
}

/** Version of a package that the benchmarks, or the repository, installed. */
export function versionOf(name: string): string {
  for (const root of [benchRoot, repositoryRoot]) {
    try {
      const manifest: unknown = JSON.parse(
        readFileSync(join(root, "node_modules", name, "package.json"), "utf8"),
      );
      if (typeof manifest === "object" && manifest !== null && "version" in manifest)
        return String(manifest.version);
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed: npm ci --prefix test/bench`);
}

export function versionsOf(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, versionOf(name)]));
}
