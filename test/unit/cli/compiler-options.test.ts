// What a tsconfig.json that was there before lacks, or says otherwise.
import { expect, test } from "vitest";
import { missingOptions } from "../../../src/cli/compiler-options.ts";

const fresh = JSON.stringify({
  compilerOptions: {
    target: "es2023",
    lib: ["es2024", "esnext.disposable"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
});
const lacking = (options: object): unknown =>
  missingOptions(JSON.stringify({ compilerOptions: options }), fresh);

const fits = {
  target: "ES2022",
  lib: ["ES2024", "ESNext.Disposable", "DOM"],
  module: "Node16",
  types: ["node", "vite/client"],
  allowImportingTsExtensions: true,
  skipLibCheck: false,
  noEmit: true,
};

test("what suffices is left alone, strictness is the user's", () => {
  expect(lacking(fits)).toBe(undefined);
  expect(lacking({ ...fits, lib: ["esnext"], target: "esnext" })).toBe(undefined);
  expect(lacking({ ...fits, module: "esnext", moduleResolution: "Bundler" })).toBe(undefined);
  expect(lacking({ ...fits, module: "preserve" })).toBe(undefined);
  const built = { ...fits, noEmit: false, rewriteRelativeImportExtensions: true };
  expect(lacking(built)).toBe(undefined);
});

test("a CommonJS package: what is said otherwise is told as what is not said", () => {
  const own = `{
  // as many services have it
  "compilerOptions": {
    "target": "es2017", /* old */ "module": "commonjs", "moduleResolution": "node",
    "lib": ["es2020", "dom"], "types": ["jest"], "noEmit": false,
    "paths": { "//": ["a, }"] },
  },
}`;
  expect(missingOptions(own, fresh)).toEqual({
    target: "es2023",
    lib: ["es2024", "esnext.disposable", "dom"],
    module: "nodenext",
    moduleResolution: "nodenext",
    types: ["jest", "node"],
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  });
});

test.each([
  [{ module: "es2022" }, { module: "nodenext" }],
  [
    { module: "nodenext", moduleResolution: "node" },
    { module: "nodenext", moduleResolution: "nodenext" },
  ],
  [{ lib: ["es2024"] }, { lib: ["esnext.disposable", "es2024"] }],
  [{ lib: ["es2023", "esnext.disposable"] }, { lib: ["es2024", "esnext.disposable"] }],
  [{ target: "es6" }, { target: "es2023" }],
])("%j is mended by %j", (own, mend) => {
  expect(lacking({ ...fits, ...own })).toEqual(mend);
});

test("what cannot be read says what it mentions", () => {
  expect(missingOptions(`{ "compilerOptions": { "module": `, fresh)).not.toHaveProperty("module");
});
