import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Folders of `src/engines` that hold a descriptor, sorted. */
export function engineFolders(root: string): readonly string[] {
  const engines = join(root, "src/engines");
  return readdirSync(engines, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(engines, entry.name, "index.ts")))
    .map((entry) => entry.name)
    .toSorted();
}

/**
 * Text of `src/engines/registry.gen.ts`: one import per engine folder, so that adding an engine edits no file of the core by hand.
 */
export function registrySource(folders: readonly string[]): string {
  const imports = folders.map((name) => `import ${variable(name)} from "./${name}/index.ts";`);
  return [
    "// Generated from the folders of src/engines by `npm run gen`; a test fails when it is stale.",
    `import type { EngineDescriptor } from "./engine.ts";`,
    ...imports,
    "",
    "/** Every registered engine, by id. */",
    `export const engines: readonly EngineDescriptor[] = [${folders.map(variable).join(", ")}];`,
    "",
  ].join("\n");
}

const variable = (folder: string): string =>
  folder.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
