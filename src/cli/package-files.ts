import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of this package, from the sources and from the bundle alike. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json of async-db-starter is missing");
    folder = parent;
  }
  return folder;
})();

/** Version of this package as its manifest says. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  return manifest.version;
}

/** Whether this runs from the sources, where templates change without the version: then no unchanged shortcut is taken. */
export const fromSources: boolean = import.meta.url.endsWith(".ts");
