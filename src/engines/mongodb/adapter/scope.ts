import type { EntityIr, FieldIr, RepositoryIr } from "../../../ir/types.ts";
import { ModuleNames } from "../../../ir/module-names.ts";
import { adapterNames } from "../../../ir/reserved.ts";
import { ImportSet } from "../../../render/layout.ts";
import { codecNames } from "../fields.ts";

const builtIn: ReadonlySet<string> = new Set(["Date", "Uint8Array", "Float32Array"]);

/** One adapter file while it is made: what it imports, and the declarations before its factory. */
export class Scope {
  readonly entity: EntityIr;
  readonly port: string;
  readonly imports = new ImportSet();
  readonly declarations: string[] = [];
  readonly #names: ModuleNames;

  constructor({ entity, file }: Pick<RepositoryIr, "entity" | "file">) {
    this.entity = entity;
    this.#names = new ModuleNames([
      ...adapterNames,
      "keyOf",
      "keyOr",
      "keyed",
      "leftOut",
      "make",
      "newKey",
      entity.variable,
      entity.rows,
    ]);
    this.port = `../../ports/${file}.ts`;
  }

  /** A variable for the declaration of a method; one that the module has already gets a suffix. */
  variable(name: string): string {
    return this.#names.declare(name, "Method");
  }

  runtime(file: string, ...names: readonly string[]): void {
    this.imports.value(`../../runtime/mongodb/${file}.ts`, ...names);
  }

  runtimeType(file: string, ...names: readonly string[]): void {
    this.imports.type(`../../runtime/mongodb/${file}.ts`, ...names);
  }

  /** What the codec of a field needs. */
  codec(field: FieldIr): void {
    this.runtime("codec", ...codecNames(field));
    this.type(field.tsType);
  }

  /** Imports a type of the domain. */
  type(tsType: string): void {
    if (tsType === "Json") this.imports.type("../../runtime/json.ts", "Json");
    else if (/^[A-Z]/.test(tsType) && !builtIn.has(tsType))
      this.imports.type(domainOf(tsType, this.entity), tsType);
  }
}

export const allFields = (entity: EntityIr): readonly FieldIr[] => [
  ...entity.fields.filter(({ source }) => source.role !== "ownerKey"),
  ...entity.children.flatMap((child) => allFields(child.entity)),
];

/** An id type of another entity lies in that entity's file; its name without `Id` is the entity's. */
function domainOf(tsType: string, entity: EntityIr): string {
  const own = allFields(entity).some(
    (field) => field.tsType === tsType && field.source.reference === undefined,
  );
  if (own) return `../../domain/${entity.domainFile}.ts`;
  const stem = tsType
    .replace(/Id$/, "")
    .replaceAll(/(?<=[a-z0-9])([A-Z])/g, "-$1")
    .toLowerCase();
  return `../../domain/${stem}.ts`;
}
