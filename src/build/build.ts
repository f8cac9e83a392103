// Builds the package: one ESM bundle with a chunk per command, the precompiled templates, the licences of what is bundled.
// rolldown against esbuild (has an install script) and tsdown (its current release does not install).
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { repositoryRoot } from "./root.ts";
import { precompileTemplates } from "../render/precompile.ts";
import { sqlParser } from "./sql-parser.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

const dist = join(repositoryRoot, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const bundle = await rolldown({
  input: { main: join(repositoryRoot, "src/cli/main.ts") },
  platform: "node",
  external: [/^node:/],
  plugins: [
    {
      name: "precompiled-templates",
      load: (id) =>
        id.endsWith("src/render/template-source.ts")
          ? precompileTemplates(join(repositoryRoot, "templates"))
          : null,
    },
    sqlParser(),
  ],
  logLevel: "warn",
});
const { output } = await bundle.write({
  dir: dist,
  format: "esm",
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
  minify: { compress: true, mangle: false, codegen: false },
});
await bundle.close();

cpSync(join(repositoryRoot, "src/cli/bin.cjs"), join(dist, "bin.cjs"));
const bundled = output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(bundled, repositoryRoot));
const { name, version } = JSON.parse(
  readFileSync(join(repositoryRoot, "package.json"), "utf8"),
) as {
  name: string;
  version: string;
};
process.stdout.write(`${name} ${version}: ${output.length} files in dist\n`);
