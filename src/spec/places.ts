import type { Path } from "./issues.ts";
import { treeAt, type Tree } from "./tree.ts";

/** What stands at a path of the spec, in words, and which keys may stand there. */

export type ObjectKind =
  | "spec"
  | "output"
  | "stores"
  | "budget"
  | "entity"
  | "field"
  | "index"
  | "workload"
  | "sla"
  | "scale"
  | "method"
  | "measure"
  | "searchMethod"
  | "searchField"
  | "vectorMethod"
  | "structure"
  | "map";

/** Kind of the mapping at a path; `map` for one whose keys are names (and for anything unknown). */
export function kindAt(path: Path, tree: Tree): ObjectKind {
  const [top, name, part, inner, deeper] = path;
  if (path.length === 0) return "spec";
  if (top === "output" && path.length === 1) return "output";
  if (top === "stores" && path.length === 1) return "stores";
  if (top === "stores" && name === "budget") return "budget";
  if (top === "entities" && path.length === 2) return "entity";
  if (top === "entities" && part === "fields" && path.length === 4) return "field";
  if (top === "entities" && part === "indexes" && path.length === 4) return "index";
  if (top !== "workloads") return "map";
  if (path.length === 2) return "workload";
  if (path.length === 3 && (part === "sla" || part === "scale")) return part;
  if (part === "structures" && path.length === 4) return "structure";
  if (part === "fields" && path.length === 4) return "searchField";
  if (part !== "access") return "map";
  const kind = treeAt(tree, ["workloads", String(name), "kind"]);
  if (path.length === 4 && kind === "search") return "searchMethod";
  if (path.length === 4 && kind === "vector") return "vectorMethod";
  if (path.length === 5 && inner !== undefined && deeper !== undefined) return "method";
  return path.length === 6 && path[5] === "measure" ? "measure" : "map";
}

/** `field Order.total`, `workload "orders"`, `the spec`: the nearest thing with a name that holds the path. */
export function placeOf(path: Path): string {
  const [top, name, part, inner, deeper] = path.map(String);
  if (top === "entities" && name !== undefined) {
    if (part === "fields" && inner !== undefined) return `field ${name}.${inner}`;
    if (part === "indexes" && inner !== undefined) return `index ${Number(inner) + 1} of ${name}`;
    if (part === "checks" && inner !== undefined) return `check ${name}.${inner}`;
    return `entity ${name}`;
  }
  if (top === "workloads" && name !== undefined) {
    if (part === "access" && deeper !== undefined && /^[A-Z]/.test(inner ?? "")) {
      return `method ${inner}.${deeper} of workload "${name}"`;
    }
    if (part === "access" && inner !== undefined) return `access ${inner} of workload "${name}"`;
    if (part === "structures" && inner !== undefined)
      return `structure ${inner} of workload "${name}"`;
    return `workload "${name}"`;
  }
  return top === undefined ? "the spec" : `"${top}"`;
}
