// doctor: whether the project's own compiler takes the generated code.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryRoot } from "../../../src/build/root.ts";
import { compilerProblem } from "../../../src/cli/compiler-check.ts";
import { missingOptions } from "../../../src/cli/compiler-options.ts";
import { packageAdditions } from "../../../src/cli/package-additions.ts";
import { compilerOptions } from "../../../src/render/shared/project.ts";

const output = { dir: "src/data", importExtension: ".ts", package: "." } as const;
const commonJs = { target: "es2020", module: "commonjs", strict: true, outDir: "dist" };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "compiler-"));
  mkdirSync(join(root, "node_modules"));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "package.json"), "{}");
  writeFileSync(join(root, "src/index.ts"), "export const one = 1;\n");
});
afterEach(() => rmSync(root, { recursive: true }));

const config = (options: object, name = "tsconfig.json", more: object = {}): void =>
  writeFileSync(join(root, name), JSON.stringify({ ...more, compilerOptions: options }));
const installOwn = (): void =>
  symlinkSync(
    join(repositoryRoot, "node_modules/typescript"),
    join(root, "node_modules/typescript"),
  );
const installVersion = (version: string): void => {
  mkdirSync(join(root, "node_modules/typescript"));
  writeFileSync(join(root, "node_modules/typescript/package.json"), JSON.stringify({ version }));
};

test("a CommonJS package is told what keeps its compiler from the generated code, and what init prints mends it", () => {
  installOwn();
  config(commonJs);
  const problem = compilerProblem(root, output);
  expect(problem?.detail).toContain("by its lib, module, allowImportingTsExtensions, noEmit");
  expect(problem?.mend).toContain('"module":"nodenext"');
  const fresh = JSON.stringify({ compilerOptions: compilerOptions(".ts") });
  const printed = missingOptions(JSON.stringify({ compilerOptions: commonJs }), fresh);
  config({ ...commonJs, ...printed });
  expect(compilerProblem(root, output)).toBe(undefined);
});

test("what is inherited counts; without a compiler or a file for it there is nothing to tell", () => {
  config(commonJs);
  expect(compilerProblem(root, output)).toBe(undefined);
  installOwn();
  config(compilerOptions(".ts"), "base.json");
  config({}, "tsconfig.json", { extends: "./base.json" });
  expect(compilerProblem(root, output)).toBe(undefined);
  config({ module: "commonjs" }, "tsconfig.json", { extends: "./base.json" });
  expect(compilerProblem(root, output)?.detail).toContain("by its module");
  rmSync(join(root, "tsconfig.json"));
  expect(compilerProblem(root, output)).toBe(undefined);
});

test("a compiler without the libraries is told with its version, by init too", () => {
  installVersion("5.6.3");
  config(compilerOptions(".ts"));
  expect(compilerProblem(root, output)).toEqual({
    detail: "typescript 5.6.3 does not know all libraries that the generated code uses",
    mend: 'npm install -D "typescript@>=5.7"',
  });
  const fresh = JSON.stringify({ type: "module", devDependencies: { typescript: "^7.0.2" } });
  const added = (typescript: string): unknown =>
    packageAdditions(JSON.stringify({ type: "module", devDependencies: { typescript } }), fresh);
  for (const old of ["5.6.3", "~5.6", "^4.9.5"])
    expect(added(old)).toMatchObject({ devDependencies: { typescript: ">=5.7" } });
  for (const known of ["^5.7.2", "~5.9.0", "7.0.2", "latest", "workspace:*"])
    expect(added(known), known).toBe(undefined);
});
