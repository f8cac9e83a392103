import { hash } from "node:crypto";
import type { EntityIr, Ir } from "./types.ts";

/** What the files of each unit of an entity are made from, as hashes: equal ones give equal files. */
export interface UnitInputs {
  /** Of what every file depends on. Where it differs, no unit's hash says anything. */
  readonly common: string;
  /** By unit of a root entity: of what its files depend on besides. */
  readonly units: ReadonlyMap<string, string>;
}

/**
 * The inputs of each root entity's files: itself with its owned children, how it is used, and all of that of every entity that it refers
 * to or that refers to it, directly or by others. Names that any entity declares are common: one may hide another's.
 *
 * @param settings what rendering is given beside the Ir
 */
export function unitInputs(ir: Ir, settings: Readonly<Record<string, string>>): UnitInputs {
  const roots = ir.entities.filter(({ owner }) => owner === undefined);
  const own = ownInputs(roots, ir);
  const { to, from } = references(roots);
  const units = roots.map(({ name }) => {
    const related = [...new Set([...reachable(name, to), ...reachable(name, from)])].toSorted();
    return [
      `entities/${name}`,
      hash("sha1", related.map((each) => `${each} ${own.get(each) ?? ""}`).join("\n")),
    ] as const;
  });
  return { common: commonInputs(ir, settings), units: new Map(units) };
}

function commonInputs(ir: Ir, settings: Readonly<Record<string, string>>): string {
  const stores = ir.stores.map((store) => ({
    ...store,
    entities: store.entities.map(({ name }) => name),
    repositories: store.repositories.map(({ typeName }) => typeName),
    views: store.views.map(({ typeName }) => typeName),
    feeds: store.feeds.map(({ name }) => name),
  }));
  const names = ir.entities.map((entity) => [
    entity.name,
    entity.owner,
    entity.stem,
    entity.property,
    entity.file,
    entity.domainFile,
    entity.table,
    entity.keyType,
    entity.enums.map(({ typeName }) => typeName),
    entity.jsonTypes.map(({ typeName }) => typeName),
  ]);
  return hash(
    "sha1",
    JSON.stringify([settings, ir.project, ir.output, stores, names, ir.entities.some(isBound)]),
  );
}

const isBound = ({ tenant }: EntityIr): boolean => tenant !== undefined;

/** By root: its Ir, its repositories and its views, with the store that each is in. */
function ownInputs(roots: readonly EntityIr[], ir: Ir): ReadonlyMap<string, string> {
  const rootOf = rootsByName(roots);
  const parts = new Map<string, string[]>(roots.map((root) => [root.name, [JSON.stringify(root)]]));
  const add = (name: string, part: unknown): void => {
    parts.get(rootOf.get(name) ?? name)?.push(JSON.stringify(part));
  };
  for (const store of ir.stores) {
    for (const entity of store.entities) add(entity.name, [store.name, entity.name]);
    for (const { entity, ...repository } of store.repositories)
      add(entity.name, [store.name, entity.name, repository]);
    for (const view of store.views)
      if (view.entity !== undefined) add(view.entity.name, [store.name, view]);
  }
  return new Map([...parts].map(([name, texts]) => [name, hash("sha1", texts.join("\n"))]));
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** Which root refers to which, by any field of its own or of what it owns; both ways. */
function references(roots: readonly EntityIr[]): { readonly to: Edges; readonly from: Edges } {
  const rootOf = rootsByName(roots);
  const to = new Map(roots.map(({ name }) => [name, new Set<string>()]));
  const from = new Map(roots.map(({ name }) => [name, new Set<string>()]));
  for (const root of roots) {
    for (const { source } of family(root).flatMap(({ fields }) => fields)) {
      const target = rootOf.get(source.reference?.entity ?? "");
      if (target === undefined) continue;
      to.get(root.name)?.add(target);
      from.get(target)?.add(root.name);
    }
  }
  return { to, from };
}

const rootsByName = (roots: readonly EntityIr[]): ReadonlyMap<string, string> =>
  new Map(roots.flatMap((root) => family(root).map(({ name }) => [name, root.name] as const)));

const family = (root: EntityIr): readonly EntityIr[] => [
  root,
  ...root.children.flatMap(({ entity }) => family(entity)),
];

function reachable(start: string, edges: Edges): ReadonlySet<string> {
  const found = new Set([start]);
  for (const name of found) for (const next of edges.get(name) ?? []) found.add(next);
  return found;
}
