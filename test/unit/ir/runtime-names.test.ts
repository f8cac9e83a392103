import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { adapterNames } from "../../../src/ir/reserved.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const files = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path}`)
    .filter((path) => path.endsWith(".ts"));
const moduleOf = (path: string) => parseSync(path, readFileSync(join(root, path), "utf8")).module;

/** What a module takes from the runtime as a value, by the name that it has there. */
const runtimeValues = (path: string): readonly string[] =>
  moduleOf(path)
    .staticImports.filter(({ moduleRequest }) => moduleRequest.value.includes("/runtime/"))
    .flatMap(({ entries }) => entries)
    .flatMap(({ isType, localName }) => (isType ? [] : [localName.value]));

test("whatever adapters of the golden trees import as a value of the runtime, no declaration of theirs may take", () => {
  const adapters = files("test/golden/trees").filter((path) =>
    /\/stores\/[^/]+\/.*(?:-repository|-row|-search|similar-.*|alike)\.ts$/.test(path),
  );
  expect(adapters.length).toBeGreaterThan(20);
  const missing = adapters.flatMap(runtimeValues).filter((name) => !adapterNames.has(name));
  // A vector view that fuses with a text view keeps this one free itself.
  expect([...new Set(missing)].filter((name) => name !== "read")).toEqual([]);
});

test("a name of a runtime's function that adapters no longer have is kept no longer", () => {
  const exported = files("templates").flatMap((path) =>
    moduleOf(path).staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ exportName }) => exportName.name ?? []),
    ),
  );
  const emitters = [...files("src/engines"), ...files("src/render")]
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const known = (name: string): boolean =>
    exported.includes(name) || new RegExp(`\\b${name}\\b`).test(emitters);
  expect([...adapterNames].filter((name) => !known(name))).toEqual([]);
});
