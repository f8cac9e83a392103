import type { Path, Problem } from "./issues.ts";
import { quoted } from "./shown-text.ts";
import { isMap, treeAt, type Tree } from "./tree.ts";

type Linked = (path: string) => { readonly tree: Tree } | { readonly failure: string };

/** Puts the JSON Schemas that fields name by a path (`schema: ./schemas/attributes.json`) in their place. */
export function linkedSchemas(
  tree: Tree,
  linked: Linked,
): { readonly tree: Tree; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let changed = tree;
  for (const { path, target } of links(tree)) {
    const found = schemaAt(target, linked);
    if ("tree" in found) changed = replaced(changed, path, found.tree);
    else {
      problems.push({
        path,
        at: "value",
        severity: "error",
        message: `the JSON Schema ${quoted(target)} ${found.failure}`,
        hint: found.hint,
      });
      changed = replaced(changed, path, Object.create(null));
    }
  }
  return { tree: changed, problems };
}

function links(tree: Tree): readonly { readonly path: Path; readonly target: string }[] {
  const entities = treeAt(tree, ["entities"]);
  if (!isMap(entities)) return [];
  return Object.entries(entities).flatMap(([entity, body]) => {
    const fields = treeAt(body, ["fields"]);
    if (!isMap(fields)) return [];
    return Object.entries(fields).flatMap(([field, spec]) => {
      const target = isMap(spec) ? spec["schema"] : undefined;
      return typeof target === "string"
        ? [{ path: ["entities", entity, "fields", field, "schema"], target }]
        : [];
    });
  });
}

function schemaAt(
  target: string,
  linked: Linked,
): { readonly tree: Tree } | { readonly failure: string; readonly hint: string } {
  const segments = target.split("/");
  if (target.startsWith("/") || /[\\:\0]/.test(target) || segments.includes("..")) {
    return {
      failure: "is not below the spec's folder",
      hint: "write a relative path such as ./schemas/attributes.json",
    };
  }
  const found = linked(segments.filter((segment) => segment !== "." && segment !== "").join("/"));
  if ("failure" in found)
    return { failure: found.failure, hint: "mend the path, or write the schema inline" };
  if (!isMap(found.tree))
    return { failure: "is not a mapping", hint: "a JSON Schema starts with { }" };
  return found;
}

/** A copy of the tree with another value at a path; everything off the path is shared. */
function replaced(tree: Tree, path: Path, value: Tree): Tree {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (!isMap(tree)) return tree;
  const copy: Record<string, Tree> = Object.assign(Object.create(null), tree);
  copy[step] = replaced(tree[step] ?? null, rest, value);
  return copy;
}
