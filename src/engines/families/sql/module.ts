import type { EntityIr, Ir, TypeIr } from "../../../ir/types.ts";
import { ModuleNames } from "../../../ir/module-names.ts";
import { adapterNames } from "../../../ir/reserved.ts";
import { ImportSet, mentions } from "../../../render/layout.ts";
import type { SharedContext } from "../../../render/shared/types.ts";
import { sharedContext } from "../../../render/shared/types.ts";
import type { CodecNames } from "./codec.ts";
import type { AdapterRuntime } from "./runtime.ts";

/**
 * One generated module while it is made: its imports and the names that its declarations must not take. Paths are those seen from
 * `stores/<store>/`.
 */
export class AdapterModule {
  readonly imports = new ImportSet();
  readonly codecs: CodecNames = new Set();
  readonly engine: AdapterRuntime;
  readonly declarations: string[] = [];
  readonly #context: SharedContext;
  readonly #names: ModuleNames;
  readonly #entities: readonly EntityIr[];
  #table: string | undefined;

  /** @param entities roots whose row modules may be imported */
  constructor(
    engine: AdapterRuntime,
    ir: Ir,
    entities: readonly EntityIr[],
    taken: readonly string[],
  ) {
    this.engine = engine;
    this.#entities = entities;
    this.#context = sharedContext(ir.entities);
    this.#names = new ModuleNames([...adapterNames, ...taken]);
  }

  /** Imports from `runtime/<engine>/<file>.ts`. */
  runtime(file: string, ...names: readonly string[]): void {
    this.imports.value(runtimeModule(this.engine.folder, file), ...names);
  }

  runtimeType(file: string, ...names: readonly string[]): void {
    this.imports.type(runtimeModule(this.engine.folder, file), ...names);
  }

  /** Imports the domain types that are mentioned in type expressions. */
  domainTypes(...expressions: readonly string[]): void {
    for (const name of expressions.flatMap((text) => text.match(/[A-Z][A-Za-z0-9_$]*/g) ?? [])) {
      const file = this.#context.declaredIn.get(name);
      if (file !== undefined) this.imports.type(`../../domain/${file}.ts`, name);
      if (name === "Json") this.imports.type("../../runtime/json.ts", name);
    }
  }

  /** Imports a type of a port: a filter, a row. */
  portType(file: string, ...types: readonly (Pick<TypeIr, "name"> | undefined)[]): void {
    this.imports.type(
      `../../ports/${file}.ts`,
      ...types.flatMap((type) => (type === undefined ? [] : [type.name])),
    );
  }

  /** A variable for a declaration; one that an import or another declaration has gets the suffix. */
  variable(name: string, suffix = "Statement"): string {
    return this.#names.declare(name, suffix);
  }

  /** The declaration that all statements about an entity's own rows share: made by the first that asks, and named to each. */
  table(declare: (variable: string) => string): string {
    if (this.#table === undefined) {
      this.#table = this.variable("table");
      this.declarations.push(declare(this.#table));
    }
    return this.#table;
  }

  /** Imports of the row module what the texts mention. */
  importRows(texts: readonly string[]): void {
    for (const root of this.#entities) {
      const own = [root, ...root.children.map((child) => child.entity)];
      const names = own.flatMap((entity) => [codecsName(entity), rowName(entity)]);
      const mentioned = names.filter((name) => texts.some((text) => mentions(text, name)));
      this.imports.value(`./${root.file}-row.ts`, ...mentioned);
    }
  }

  /** All imports, codecs included. */
  finished(): ImportSet {
    this.runtime("codec", ...this.codecs);
    return this.imports;
  }
}

export const codecsName = (entity: EntityIr): string => `${entity.stem}Codecs`;
export const rowName = (entity: EntityIr): string => `${entity.stem}Row`;

const runtimeModules = new Map<string, string>();

/** Asked for with every column; one text for all is hashed but once. */
function runtimeModule(folder: string, file: string): string {
  const name = `${folder}/${file}`;
  const known = runtimeModules.get(name);
  if (known !== undefined) return known;
  const made = `../../runtime/${name}.ts`;
  runtimeModules.set(name, made);
  return made;
}
