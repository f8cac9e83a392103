import type { Output } from "../../spec/model.ts";

/** In plain JavaScript: an older Node would stop at the first TypeScript file, or at an option, with an error that does not say why. */
export const nodeCheck = "check-node.cjs";

/** Node finds no import without an extension; a bundler does. */
export const extensionless = "extensionless.mjs";

const node = "node --env-file-if-exists=.env";

/** The scripts of a fresh package; those that run what is generated begin with the check of Node. */
export function projectScripts(
  extension: Output["importExtension"],
  dir: string,
): Readonly<Record<string, string>> {
  const scripts =
    extension === ".js" ? builtScripts(dir) : sourceScripts(runnerOf(extension, dir), dir);
  return Object.fromEntries(
    Object.entries(scripts).map(([name, script]) => [
      name,
      script.includes(node) ? `${checkOf(dir)}${script}` : script,
    ]),
  );
}

/**
 * What checks the data layer and nothing else, command by command, without a script of the package: one that was there before may call
 * something of its own by these names.
 */
export const dataLayerChecks = ({ importExtension, dir }: Output): readonly string[] =>
  importExtension === ".js"
    ? ["npx --no-install tsc", `${checkOf(dir)}${node} --test "dist/test/data/**/*.test.js"`]
    : [
        "npx --no-install tsc --noEmit",
        `${checkOf(dir)}${runnerOf(importExtension, dir)} --test "test/data/**/*.test.ts"`,
      ];

const checkOf = (dir: string): string => `node ${dir}/${nodeCheck} && `;

const runnerOf = (extension: Output["importExtension"], dir: string): string =>
  extension === "" ? `${node} --import ./${dir}/${extensionless}` : node;

/** Node runs the TypeScript as it is. */
const sourceScripts = (runner: string, dir: string): Readonly<Record<string, string>> => ({
  db: `${runner} ${dir}/cli.ts`,
  start: `${runner} ${dir}/cli.ts migrate up && ${runner} src/example.ts`,
  test: `${runner} --test "test/**/*.test.ts"`,
  types: "tsc --noEmit",
});

/** Imports of another extension exist only after a build. */
const builtScripts = (dir: string): Readonly<Record<string, string>> => ({
  build: "tsc",
  db: `npm run --silent build && ${node} dist/${dir}/cli.js`,
  start: `npm run --silent build && ${node} dist/${dir}/cli.js migrate up && ${node} dist/src/example.js`,
  test: `npm run --silent build && ${node} --test "dist/test/**/*.test.js"`,
  types: "tsc --noEmit",
});
