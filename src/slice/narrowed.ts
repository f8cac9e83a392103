import { isMap, type Tree, type TreeMap } from "../spec/tree.ts";

/** A spec about some of its entities only: the others are taken out of it, and out of what workloads list and access. */
export function narrowed(tree: Tree, kept: ReadonlySet<string>): Tree {
  if (!isMap(tree)) return tree;
  const { entities, workloads } = tree;
  return {
    ...tree,
    ...(isMap(entities) && { entities: only(entities, kept) }),
    ...(isMap(workloads) && { workloads: mapped(workloads, (each) => workload(each, kept)) }),
  };
}

function workload(tree: Tree, kept: ReadonlySet<string>): Tree {
  if (!isMap(tree)) return tree;
  const { entities, access } = tree;
  return {
    ...tree,
    ...(Array.isArray(entities) && {
      entities: entities.filter((name) => typeof name !== "string" || kept.has(name)),
    }),
    ...(isMap(access) && { access: only(access, kept) }),
  };
}

const only = (map: TreeMap, kept: ReadonlySet<string>): TreeMap =>
  Object.fromEntries(Object.entries(map).filter(([name]) => kept.has(name)));

const mapped = (map: TreeMap, change: (value: Tree) => Tree): TreeMap =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
