import { isMap, treeAt, type Tree } from "../tree.ts";

/** Names as the tree declares them, also those of a wrong form: a reference to one of these is not dangling. */
export interface Declared {
  readonly entities: readonly string[];
  readonly workloads: readonly string[];
  /** Field names of an entity, without the implied ones. */
  fieldsOf(entity: string): readonly string[];
}

export function namesIn(tree: Tree): Declared {
  const keys = (...path: string[]): readonly string[] => {
    const found = treeAt(tree, path);
    return isMap(found) ? Object.keys(found) : [];
  };
  return {
    entities: keys("entities"),
    workloads: keys("workloads"),
    fieldsOf: (entity) => keys("entities", entity, "fields"),
  };
}

export type { Tree };
