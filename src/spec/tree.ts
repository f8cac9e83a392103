import type { Path, Problem } from "./issues.ts";
import { maxDepth, maxNodes } from "./limits.ts";
import { quoted } from "./shown-text.ts";

/** A parsed file: plain data whose mappings have no prototype. */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly [key: string]: Tree;
}

export function isMap(tree: unknown): tree is TreeMap {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

/** Keys that reach an object's prototype or its conversion; refused anywhere, whatever stands behind them. */
const prototypeKeys: ReadonlySet<string> = new Set([
  "prototype",
  ...Object.getOwnPropertyNames(Object.prototype),
]);

export const isPrototypeKey = (key: string): boolean => prototypeKeys.has(key);

/** What lies at a path, or undefined. */
export function treeAt(tree: Tree | undefined, path: Path): Tree | undefined {
  let node = tree;
  for (const step of path) {
    if (Array.isArray(node) && typeof step === "number") node = node[step];
    else if (isMap(node)) node = node[step];
    else return undefined;
  }
  return node;
}

export interface Inspection {
  readonly problems: readonly Problem[];
  /** False when nothing may walk the tree: it is endless, too deep or too large. */
  readonly usable: boolean;
}

/** What a parser lets pass and a spec may not hold, all of it. */
export function inspect(tree: Tree): Inspection {
  const open = new Set<Tree>();
  const path: (string | number)[] = [];
  const problems: Problem[] = [];
  let nodes = 0;
  let usable = true;
  const report = (at: Problem["at"], message: string, hint: string): void => {
    problems.push({ path: [...path], at, severity: "error", message, hint });
  };
  const collection = (node: readonly Tree[] | TreeMap): void => {
    if (open.has(node) || path.length >= maxDepth) {
      usable = false;
      if (open.has(node))
        return report("value", "an alias leads back into itself", "write the value out");
      return report("value", `more than ${maxDepth} levels deep`, "flatten the spec");
    }
    open.add(node);
    for (const [key, child] of Array.isArray(node) ? node.entries() : Object.entries(node)) {
      path.push(key);
      if (typeof key === "string" && isPrototypeKey(key)) {
        report(
          "key",
          `the name ${quoted(key)} is refused: every JavaScript object has it already`,
          "choose another name",
        );
      }
      visit(child);
      path.pop();
    }
    open.delete(node);
  };
  const visit = (node: Tree): void => {
    nodes += 1;
    if (nodes > maxNodes) return;
    if (typeof node === "object" && node !== null) return collection(node);
    if (typeof node !== "number") return;
    if (!Number.isFinite(node))
      report("value", "is not a finite number", "write a number, or text in quotes");
    else if (Number.isInteger(node) && !Number.isSafeInteger(node)) {
      report("value", "this number is too large to be read exactly", "write it in quotes");
    }
  };
  visit(tree);
  if (nodes > maxNodes) {
    const message = `more than ${maxNodes} values once aliases are followed`;
    return {
      problems: [{ path: [], at: "value", severity: "error", message, hint: "write values out" }],
      usable: false,
    };
  }
  return { problems, usable };
}
