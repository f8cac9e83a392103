import type { Path, Problem } from "./issues.ts";
import { maxAliasedValues, maxDepth } from "./limits.ts";
import { quoted } from "./shown-text.ts";

/** A parsed file: plain data whose mappings have no prototype. */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly [key: string]: Tree;
}

export function isMap(tree: unknown): tree is TreeMap {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

/** NUL, which SQL text cannot hold, and lone surrogates, which UTF-8 cannot. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

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

/**
 * What a parser lets pass and a spec may not hold, all of it. Each collection is walked once, however many aliases lead to it.
 *
 * @param shares whether the text has anchors, so that one collection may stand in several places
 */
export function inspect(tree: Tree, shares = true): Inspection {
  const inspector = new Inspector(shares);
  inspector.visit(tree);
  return { problems: inspector.problems, usable: inspector.usable };
}

/** Size (values) and height (levels) of a collection that has been walked. */
interface Extent {
  readonly size: number;
  readonly height: number;
}

const scalar: Extent = { size: 1, height: 0 };

class Inspector {
  readonly problems: Problem[] = [];
  usable = true;
  private readonly path: (string | number)[] = [];
  private readonly open = new Set<Tree>();
  private readonly walked = new Map<Tree, Extent>();
  private aliased = 0;
  private readonly shares: boolean;

  constructor(shares: boolean) {
    this.shares = shares;
  }

  visit(node: Tree): Extent {
    if (typeof node === "object" && node !== null) return this.collection(node);
    if (typeof node === "number") this.number(node);
    if (typeof node === "string" && !isStorable(node)) this.text("value");
    return scalar;
  }

  private collection(node: readonly Tree[] | TreeMap): Extent {
    if (this.shares) {
      if (this.open.has(node))
        return this.unusable("an alias leads back into itself", "write the value out");
      const known = this.walked.get(node);
      if (known !== undefined) return this.again(known);
    }
    if (this.path.length >= maxDepth) return this.tooDeep();
    if (!this.shares) return this.inside(node);
    this.open.add(node);
    const extent = this.inside(node);
    this.open.delete(node);
    this.walked.set(node, extent);
    return extent;
  }

  private inside(node: readonly Tree[] | TreeMap): Extent {
    let [size, height] = [1, 0];
    const visit = (key: string | number, child: Tree): void => {
      this.path.push(key);
      if (typeof key === "string" && prototypeKeys.has(key)) this.prototypeKey(key);
      if (typeof key === "string" && !isStorable(key)) this.text("key");
      const extent = this.visit(child);
      size += extent.size;
      height = Math.max(height, extent.height + 1);
      this.path.pop();
    };
    if (isMap(node)) for (const key of Object.keys(node)) visit(key, node[key] ?? null);
    else for (let at = 0; at < node.length; at += 1) visit(at, node[at] ?? null);
    return { size, height };
  }

  /** A collection that an alias leads to again. */
  private again(extent: Extent): Extent {
    this.aliased += extent.size;
    if (this.aliased > maxAliasedValues) {
      return this.unusable(
        `aliases stand for more than ${maxAliasedValues} values`,
        "write the values out",
      );
    }
    return this.path.length + extent.height > maxDepth ? this.tooDeep() : extent;
  }

  private tooDeep(): Extent {
    return this.unusable(`more than ${maxDepth} levels deep`, "flatten the spec");
  }

  private unusable(message: string, hint: string): Extent {
    // One reason is enough: the next ones would follow from it.
    if (this.usable) this.report("value", message, hint);
    this.usable = false;
    return { size: 1, height: 0 };
  }

  private prototypeKey(key: string): void {
    const message = `the name ${quoted(key)} is refused: every JavaScript object has it already`;
    this.report("key", message, "choose another name");
  }

  private text(at: Problem["at"]): void {
    this.report(
      at,
      "this text holds a NUL character or half of a surrogate pair",
      "remove it: neither a file nor a store can hold it",
    );
  }

  private number(value: number): void {
    if (!Number.isFinite(value))
      this.report("value", "this is not a finite number", "write a number, or text in quotes");
    else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      this.report("value", "this number is too large to be read exactly", "write it in quotes");
    }
  }

  private report(at: Problem["at"], message: string, hint: string): void {
    this.problems.push({ path: [...this.path], at, severity: "error", message, hint });
  }
}
