/** Whatever stands in the place of a value, a problem is told in the words of this tool: zod's own are never let through. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { knownKeys } from "../../../src/spec/known-keys.ts";
import { parse } from "../../../src/spec/parse.ts";
import { kindAt } from "../../../src/spec/places.ts";
import { isMap, treeAt, type Tree } from "../../../src/spec/tree.ts";
import { validate } from "../../../src/spec/validate.ts";

const root = join(import.meta.dirname, "../../..");
const specs = [
  ...["catalogue", "rag", "shop"].map((name) => join(root, "assets/presets", name)),
  ...["trees", "selection"].flatMap((kind) => {
    const folder = join(root, "test/golden", kind);
    return readdirSync(folder).map((name) => join(folder, name));
  }),
].flatMap((folder) => {
  const file = readdirSync(folder).find((name) => name === "workloads.yaml");
  return file === undefined ? [] : [join(folder, file)];
});

type Step = string | number;

/** Every place of a spec, those that nothing stands in included, one of each shape: names that the user chose tell nothing. */
function places(
  whole: Tree,
  tree = whole,
  path: readonly Step[] = [],
): readonly (readonly Step[])[] {
  const below = Array.isArray(tree)
    ? tree.slice(0, 1).flatMap((each, at) => places(whole, each as Tree, [...path, at]))
    : isMap(tree)
      ? Object.entries(tree).flatMap(([key, each]) => places(whole, each as Tree, [...path, key]))
      : [];
  const absent = isMap(tree) ? knownKeys(kindAt(path, whole), tree["kind"]) : [];
  return [
    path,
    ...below,
    ...absent.filter((key) => treeAt(tree, [key]) === undefined).map((key) => [...path, key]),
  ];
}

const shapeOf = (tree: Tree, path: readonly Step[]): string => {
  const kind = path[0] === "workloads" ? `${kindOf(tree, path)} ` : "";
  return kind + path.map((step, at) => (isName(path, at) ? "*" : step)).join(".");
};

const kindOf = (tree: Tree, [, name]: readonly Step[]): string => {
  const workloads = (tree as Record<string, Record<string, { kind?: string }>>)["workloads"];
  return workloads?.[String(name)]?.kind ?? "";
};

const isName = (path: readonly Step[], at: number): boolean =>
  at === 1 ||
  ((path[2] === "fields" || path[2] === "checks" || path[2] === "structures") && at === 3) ||
  (path[2] === "access" && (at === 3 || at === 4));

const replaced = (tree: Tree, [first, ...rest]: readonly Step[], value: Tree): Tree => {
  if (first === undefined) return value;
  if (Array.isArray(tree))
    return (tree as Tree[]).map((each, at) => (at === first ? replaced(each, rest, value) : each));
  const map = tree as Record<string, Tree>;
  return { ...map, [first]: replaced(map[first] as Tree, rest, value) };
};

const wrong: readonly Tree[] = ["?!", -7.5, true, null, [[]], { "?!": 1 }];

const ids = engines.map(({ id }) => id);

test("a wrong type in any place is told in plain words", { timeout: 120_000 }, () => {
  const seen = new Set<string>();
  let tried = 0;
  for (const file of specs) {
    const parsed = parse(readFileSync(file, "utf8"));
    if (!("tree" in parsed)) throw new Error(`${file}: ${parsed.fault.message}`);
    const { tree } = parsed;
    for (const path of places(tree)) {
      const shape = shapeOf(tree, path);
      if (seen.has(shape)) continue;
      seen.add(shape);
      for (const value of wrong) {
        tried += 1;
        for (const { message, hint } of validate(replaced(tree, path, value), ids).problems)
          expect(`${shape}: ${message}: ${hint}`).not.toMatch(
            /invalid (?:input|string|key|option|element|union)|expected (?:string|number|object|boolean|array|record|int)|must match|too (?:small|big)|undefined|\[object/i,
          );
      }
    }
  }
  expect(tried).toBeGreaterThan(1_000);
});
