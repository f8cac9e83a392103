import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";
import { repositoryRoot } from "./root.ts";

const folder = join(repositoryRoot, "node_modules/libpg-query/wasm");
const binary = "libpg-query.wasm";

/**
 * Bundles the SQL parser with its WebAssembly binary beside it. Its loader is CommonJS made by Emscripten and looks for the binary in
 * `__dirname`, which an ESM chunk does not have.
 */
export function sqlParser(): Plugin {
  return {
    name: "sql-parser",
    transform: (code, id) =>
      id.endsWith("libpg-query.js") ? code.replace("__dirname", "import.meta.dirname") : null,
    generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: binary,
        source: readFileSync(join(folder, binary)),
      });
    },
  };
}
