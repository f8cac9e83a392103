import type { Path } from "./issues.ts";
import { kindsWith, knownKeys } from "./known-keys.ts";
import { nearest } from "./nearest.ts";
import { kindAt } from "./places.ts";
import { copied } from "./prune.ts";
import { workloadKinds } from "./schema-workload.ts";
import { isMap, isPrototypeKey, type Tree, type TreeMap } from "./tree.ts";

/** A spec as it was probably meant. */
export interface Meant {
  readonly tree: Tree;
  /** Where in the spec as it is written lies what a path of the meant one leads to. */
  readonly written: (path: Path) => Path;
  /** What is written, and the path of what was probably meant. */
  readonly misspelt: readonly (readonly [key: string, path: Path])[];
}

/**
 * The tree with the keys, and the kinds of workloads, that unknown ones were probably meant to be: what stands below a key hangs on it, so that
 * otherwise one wrong letter would hide every other problem there. Undefined when there is none.
 */
export function asMeant(tree: Tree): Meant | undefined {
  const reading = new Reading(copied(tree));
  return reading.changed ? reading : undefined;
}

class Reading implements Meant {
  readonly tree: Tree;
  readonly misspelt: (readonly [key: string, path: Path])[] = [];
  changed = false;
  /** Meant path as JSON → the key that is written there. */
  readonly #keys = new Map<string, string>();

  constructor(copy: Tree) {
    this.tree = copy;
    this.#mend(copy, []);
  }

  readonly written = (path: Path): Path =>
    path.map((step, at) => this.#keys.get(JSON.stringify(path.slice(0, at + 1))) ?? step);

  /** From the top down: which keys may stand in a mapping hangs on what is above it, and on a workload's kind. */
  #mend(node: Tree, path: Path): void {
    if (isMap(node)) this.#mendKeys(node, path);
    if (typeof node !== "object" || node === null) return;
    const isList = Array.isArray(node);
    for (const [key, child] of Object.entries(node as TreeMap))
      this.#mend(child, [...path, isList ? Number(key) : key]);
  }

  #mendKeys(map: { [key: string]: Tree }, path: Path): void {
    const kind = kindAt(path, this.tree);
    if (kind === "map") return;
    // What a workload may hold hangs on its kind, which may be the misspelt key itself.
    const rounds = kind === "workload" ? [["kind"], undefined] : [undefined];
    for (const only of rounds) {
      const known = only ?? knownKeys(kind, map["kind"]);
      for (const key of Object.keys(map)) {
        const near = meantKey(key, known, kind === "workload", map);
        if (near === undefined) continue;
        map[near] = map[key] ?? null;
        delete map[key];
        this.misspelt.push([key, [...path, near]]);
        this.#keys.set(JSON.stringify([...path, near]), key);
        this.changed = true;
      }
      if (only !== undefined) this.#mendKind(map);
    }
  }

  #mendKind(workload: { [key: string]: Tree }): void {
    const kind = workload["kind"];
    if (typeof kind !== "string" || kinds.includes(kind)) return;
    const near = nearest(kind, kinds);
    if (near === undefined) return;
    workload["kind"] = near;
    this.changed = true;
  }
}

const kinds: readonly string[] = workloadKinds;

/** The key that is not there yet and that an unknown one is nearest to. */
function meantKey(
  key: string,
  known: readonly string[],
  inWorkload: boolean,
  map: TreeMap,
): string | undefined {
  if (known.includes(key) || isPrototypeKey(key) || key === "<<") return undefined;
  if (inWorkload && kindsWith(key).length > 0) return undefined;
  return nearest(
    key,
    known.filter((candidate) => map[candidate] === undefined),
  );
}
