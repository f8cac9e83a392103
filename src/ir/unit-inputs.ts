import { hash } from "node:crypto";
import type { EntityIr, Ir } from "./types.ts";

/** What one unit of an entity is made from, as far as it goes by itself. */
export interface UnitInput {
  /** The root entity and those that it owns, in the order of the spec. */
  readonly family: readonly string[];
  /** Hash of what these are, and of how they are used. */
  readonly own: string;
  /** Units that they refer to. */
  readonly to: readonly string[];
}

/** Which unit refers to which. */
export type UnitGraph = ReadonlyMap<string, Pick<UnitInput, "to">>;

/** What the files of each unit of an entity are made from: equal inputs of a unit and of all {@link relatedUnits} give equal files. */
export interface UnitInputs {
  /** Of what every file depends on. Where it differs, no unit's hash says anything. */
  readonly common: string;
  /** By unit of a root entity. */
  readonly units: ReadonlyMap<string, UnitInput>;
}

/**
 * The inputs of each root entity's files. Names that any entity declares are common: one may hide another's.
 *
 * @param settings what rendering is given beside the Ir
 */
export function unitInputs(ir: Ir, settings: Readonly<Record<string, string>>): UnitInputs {
  const roots = ir.entities.filter(({ owner }) => owner === undefined);
  const own = ownInputs(roots, ir);
  const rootOf = rootsByName(roots);
  const units = roots.map(
    (root) =>
      [
        unitOf(root.name),
        {
          family: family(root).map(({ name }) => name),
          own: own.get(root.name) ?? "",
          to: referredTo(root, rootOf).map(unitOf),
        },
      ] as const,
  );
  return { common: commonInputs(ir, settings), units: new Map(units) };
}

const unitOf = (root: string): string => `entities/${root}`;

/** The units that rest on any of these or on which one of these rests, directly or by others; with these themselves. */
export function relatedUnits(start: Iterable<string>, graph: UnitGraph): ReadonlySet<string> {
  const begun = [...start];
  return new Set([
    ...reachable(begun, (unit) => graph.get(unit)?.to ?? []),
    ...reachable(begun, referring(graph)),
  ]);
}

/** These and everything that they refer to, directly or by others. */
export const referredUnits = (start: Iterable<string>, graph: UnitGraph): ReadonlySet<string> =>
  reachable(start, (unit) => graph.get(unit)?.to ?? []);

function referring(graph: UnitGraph): (unit: string) => readonly string[] {
  const from = new Map<string, string[]>();
  for (const [unit, { to }] of graph)
    for (const target of to) {
      const known = from.get(target);
      if (known === undefined) from.set(target, [unit]);
      else known.push(unit);
    }
  return (unit) => from.get(unit) ?? [];
}

function reachable(
  start: Iterable<string>,
  next: (unit: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(start);
  for (const unit of found) for (const one of next(unit)) found.add(one);
  return found;
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

/** Roots that a root refers to, by any field of its own or of what it owns. */
const referredTo = (root: EntityIr, rootOf: ReadonlyMap<string, string>): readonly string[] => [
  ...new Set(
    family(root)
      .flatMap(({ fields }) => fields)
      .flatMap(({ source }) => rootOf.get(source.reference?.entity ?? "") ?? []),
  ),
];

const rootsByName = (roots: readonly EntityIr[]): ReadonlyMap<string, string> =>
  new Map(roots.flatMap((root) => family(root).map(({ name }) => [name, root.name] as const)));

const family = (root: EntityIr): readonly EntityIr[] => [
  root,
  ...root.children.flatMap(({ entity }) => family(entity)),
];
