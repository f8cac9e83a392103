import type { EntityIr, FieldIr, RepositoryIr, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import { ImportSet, importLines, mentions } from "../../layout.ts";
import type { SharedContext } from "../types.ts";

/** How the samples of one entity are laid out. */
export interface SampleLayout {
  readonly entity: EntityIr;
  /** What lists, aggregates and views filter, sort or group by: alike in all samples, so that rows can differ in one of them only. */
  readonly steady: readonly FieldIr[];
  /** References by which samples are told apart: each refers to a row of its own. */
  readonly wide: readonly FieldIr[];
}

/** What one test module knows while it is made. */
export interface TestScope {
  readonly context: SharedContext;
  readonly entities: ReadonlyMap<string, EntityIr>;
  readonly repositories: ReadonlyMap<string, RepositoryIr>;
  /** Search views by the entity they are over: their texts need words. */
  readonly searches: ReadonlyMap<string, readonly SearchViewIr[]>;
  /** Names of the entities that another refers to. */
  readonly referred: ReadonlySet<string>;
  /** By the name of an entity; undefined for one that has no repository. */
  readonly layoutOf: (entity: string) => SampleLayout | undefined;
  /** Names of the entities of which other suites may store as many rows as they have samples. */
  readonly manyStored: () => ReadonlySet<string>;
  /** Way from the module to the data layer. */
  readonly data: string;
  readonly imports: ImportSet;
}

/** What all test modules of a project have in common. */
export type TestContext = Omit<TestScope, "imports">;

/** Imports a value of the data layer and gives its name back. */
export function dataValue({ imports, data }: TestScope, module: string, name: string): string {
  imports.value(`${data}/${module}.ts`, name);
  return name;
}

/** Imports a type of the data layer and gives its name back. */
export function dataType({ imports, data }: TestScope, module: string, name: string): string {
  imports.type(`${data}/${module}.ts`, name);
  return name;
}

const supportModules = new Map<string, string>();

/** Asked for with every sample value; one text for all is hashed but once. */
function supportModule(name: string): string {
  const known = supportModules.get(name);
  if (known !== undefined) return known;
  const made = `../support/${name}.ts`;
  supportModules.set(name, made);
  return made;
}

/** Imports a value of the tests' own support. */
export function support({ imports }: TestScope, module: string, name: string): string {
  imports.value(supportModule(module), name);
  return name;
}

/** Imports a type that an entity's domain file declares. */
export const domainType = (scope: TestScope, entity: EntityIr, name: string): string =>
  dataType(scope, `domain/${entity.domainFile}`, name);

/** Fields of a search view over the entity, in the order in which they are searched. */
export function searchedFields(entity: EntityIr, { searches }: TestContext): readonly FieldIr[] {
  const views = searches.get(entity.name);
  if (views === undefined) return [];
  const names = new Set(views.flatMap((view) => view.methods.flatMap(({ method }) => method.text)));
  return entity.fields.filter(
    ({ name, type }) => names.has(name) && (type.kind === "text" || type.kind === "string"),
  );
}

/** The store that holds an entity's rows. */
export const storeOf = (stores: readonly StoreIr[], entity: EntityIr): StoreIr | undefined =>
  stores.find((store) => store.entities.some(({ name }) => name === entity.name));

/**
 * The import statements for a module's text. Samples are tried before it is known whether they are wanted, so some names that were asked
 * for are not in it.
 */
export function usedImports({ imports }: TestScope, texts: readonly string[]): string {
  const text = texts.join("\n");
  const kept = new ImportSet();
  const wanted = (names: ReadonlySet<string>): readonly string[] =>
    [...names].filter((name) => mentions(text, name));
  for (const [module, names] of imports.values) kept.value(module, ...wanted(names));
  for (const [module, names] of imports.types) kept.type(module, ...wanted(names));
  return importLines(kept);
}
