import type { Path } from "./issues.ts";
import { kindsWith, knownKeys } from "./known-keys.ts";
import { nearest } from "./nearest.ts";
import { misnamed, type Misnamed } from "./name-styles.ts";
import { kindAt, type ObjectKind } from "./places.ts";
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
  /** Names in another style, likewise. */
  readonly misnamed: readonly (readonly [key: string, path: Path, found: Misnamed])[];
}

/**
 * The tree with the keys, the kinds of workloads and the styles of names that others were probably meant to be: what stands below a key hangs on it, so that
 * otherwise one wrong letter would hide every other problem there. Undefined when there is none.
 */
export function asMeant(tree: Tree): Meant | undefined {
  const reading = new Reading(copied(tree));
  return reading.changed ? reading : undefined;
}

class Reading implements Meant {
  readonly tree: Tree;
  readonly misspelt: (readonly [key: string, path: Path])[] = [];
  readonly misnamed: (readonly [key: string, path: Path, found: Misnamed])[] = [];
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
    if (kind === "map") this.#mendNames(map, path);
    else this.#mendSteps(map, path, kind);
  }

  /** What refers to a name is judged as if the name had its style, which is told where it stands. */
  #mendNames(map: { [key: string]: Tree }, path: Path): void {
    for (const name of Object.keys(map)) {
      const found = isPrototypeKey(name) ? undefined : misnamed(name, path, this.tree);
      if (found === undefined || map[found.made] !== undefined || isPrototypeKey(found.made))
        continue;
      this.#rename(map, path, name, found.made);
      this.misnamed.push([name, [...path, found.made], found]);
    }
  }

  #mendSteps(map: { [key: string]: Tree }, path: Path, kind: ObjectKind): void {
    // What a workload may hold hangs on its kind, which may be the misspelt key itself.
    const rounds = kind === "workload" ? [["kind"], undefined] : [undefined];
    for (const only of rounds) {
      const known = only ?? knownKeys(kind, map["kind"]);
      for (const key of Object.keys(map)) {
        const near = meantKey(key, known, kind === "workload", map);
        if (near === undefined) continue;
        this.#rename(map, path, key, near);
        this.misspelt.push([key, [...path, near]]);
      }
      if (only !== undefined) this.#mendKind(map);
    }
  }

  #rename(map: { [key: string]: Tree }, path: Path, key: string, meant: string): void {
    map[meant] = map[key] ?? null;
    delete map[key];
    this.#keys.set(JSON.stringify([...path, meant]), key);
    this.changed = true;
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
