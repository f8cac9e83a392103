import { type ItemShape, mappedIn } from "../../../templates/engines/opensearch/view-shape.ts";
import type { FieldIr, Ir, StoreIr } from "../../ir/types.ts";
import { type Doc, group, indent, line, print } from "../../render/document.ts";
import { code, identifier, stringLiteral } from "../../render/encode.ts";
import {
  arrayLiteral,
  call,
  docBlock,
  entry,
  importLines,
  ImportSet,
  openObject,
} from "../../render/layout.ts";
import { sharedContext } from "../../render/shared/types.ts";
import type { Predicate } from "../../spec/model.ts";
import type { FileRequest } from "../engine.ts";
import { guardOf, viewFilters } from "../families/filter-declaration.ts";
import { isUuid } from "../families/filters.ts";
import { access } from "../families/sql/source.ts";
import {
  type Defined,
  definitionOf,
  type HeldView,
  searchedFields,
  textView,
  useOf,
} from "./definition.ts";
import { comparedPath } from "./fields.ts";
import { itemShape } from "./item-shape.ts";
import { aliasOf } from "./names.ts";

/** A method of the adapter: its declaration, and what calls it. */
export interface MethodParts {
  readonly name: string;
  readonly declaration: Doc;
  /** How its counts become the facets of its port, where it has some. */
  readonly facets?: Doc;
  readonly body: Doc;
}

/** One generated module while it is made; paths are those seen from `stores/<store>/`. */
export class ViewModule {
  readonly imports = new ImportSet();
  readonly view: HeldView;
  readonly #ir: Ir;

  constructor(view: HeldView, ir: Ir) {
    this.view = view;
    this.#ir = ir;
  }

  get alias(): string {
    return aliasOf(this.#ir.project, this.view);
  }

  get defined(): Defined {
    return definitionOf(this.view, this.#ir.project);
  }

  runtime(file: string, ...names: readonly string[]): void {
    this.imports.value(`../../runtime/opensearch/${file}.ts`, ...names);
  }

  runtimeType(file: string, ...names: readonly string[]): void {
    this.imports.type(`../../runtime/opensearch/${file}.ts`, ...names);
  }

  portType(...names: readonly string[]): void {
    this.imports.type(`../../ports/${this.view.file}.ts`, ...names);
  }

  /** Imports the domain types that a type expression mentions. */
  domainType(expression: string): void {
    const { declaredIn } = sharedContext(this.#ir.entities);
    for (const name of expression.match(/[A-Z][A-Za-z0-9_$]*/g) ?? []) {
      const file = declaredIn.get(name);
      if (file !== undefined) this.imports.type(`../../domain/${file}.ts`, name);
    }
  }
}

/** `product-search.ts`: the reading port over the view's index, and its writing side for whoever fills it. */
export function adapterFile(
  module: ViewModule,
  store: StoreIr,
  methods: readonly MethodParts[],
): FileRequest {
  const { view } = module;
  const { entity, property, typeName } = view;
  module.runtime("declaration", "viewOf");
  module.runtime("view-target", "viewTarget");
  module.runtimeType("session", "SearchSession");
  module.runtimeType("view-target", "TargetConnection");
  module.portType(view.typeName);
  module.imports
    .type("../../runtime/view.ts", "ViewTarget")
    .type(`../../domain/${entity.domainFile}.ts`, entity.name)
    .value(`../../domain/${entity.domainFile}-json.ts`, toJson(view), fromJson(view));
  const guard = guardOf(
    { factory: property, typeName, collection: property },
    viewFilters(view.methods),
    module.imports,
  );
  const declared = print([
    "const declared = ",
    openObject(methods.map((one) => entry(one.name, one.declaration))),
    ";",
  ]);
  return {
    path: `{data}/stores/${store.name}/${view.file}.ts`,
    ownership: "generated",
    unit: `stores/${store.name}`,
    template: "engines/opensearch/view.ts.hbs",
    data: {
      imports: code(importLines(module.imports)),
      view: code(viewDeclaration(module)),
      declared: code([declared, ...facetsDeclaration(methods)].join("\n\n")),
      doc: code(docBlock([describe(view)]).trimEnd()),
      factory: property,
      typeName,
      guards: guard.declarations.map(code),
      guard: code(guard.call),
      methods: methods.map(({ name, body }) => code(print([entry(name, body), ","], 4))),
      target: `${property}Target`,
      entity: entity.name,
    },
  };
}

function facetsDeclaration(methods: readonly MethodParts[]): readonly string[] {
  const facets = methods.flatMap(({ name, facets: made }) =>
    made === undefined ? [] : [entry(name, made)],
  );
  return facets.length === 0 ? [] : [print(["const facets = ", openObject(facets), ";"])];
}

const toJson = ({ entity }: HeldView): string => `${entity.stem}ToJson`;
const fromJson = ({ entity }: HeldView): string => `${entity.stem}FromJson`;

const describe = ({ port, entity, store }: HeldView): string =>
  `${port === "search" ? "Full text search" : "Nearest neighbours"} over the copies of ${entity.name} in ${store}.`;

function viewDeclaration(module: ViewModule): string {
  const { view, alias, defined } = module;
  const { fingerprint, definition } = defined;
  return print([
    "const view = viewOf(",
    openObject([
      entry("view", stringLiteral(view.workload)),
      entry("alias", stringLiteral(alias)),
      entry("definition", stringLiteral(fingerprint)),
      entry("item", shape(itemShape(view))),
      entry("mapped", shape(mappedIn(definition.mappings))),
      ...(view.port === "vector" && view.metric === "cosine"
        ? [entry("directed", stringLiteral(view.field.name))]
        : []),
      entry("tenantScoped", String(view.entity.tenant !== undefined)),
      entry("toJson", toJson(view)),
      entry("fromJson", fromJson(view)),
    ]),
    ");",
  ]);
}

const shape = (kinds: ItemShape): Doc =>
  openObject(
    Object.entries(kinds).map(([name, kind]) =>
      entry(name, typeof kind === "string" ? stringLiteral(kind) : shape(kind)),
    ),
  );

export const texts = (names: readonly string[]): Doc => arrayLiteral(names.map(stringLiteral));

/** What every declaration of a method says first. */
export const operationEntries = (module: ViewModule, operation: string): readonly Doc[] => [
  entry("operation", stringLiteral(operation)),
  entry("effect", stringLiteral("read")),
  entry("collection", stringLiteral(module.alias)),
  entry("of", "view"),
];

/** `{ fields: ["item.title^3"], typoTolerant: false }` */
export function searchedEntry(
  view: HeldView,
  only: readonly string[] | undefined,
): Doc | undefined {
  const text = textView(view);
  if (text === undefined) return undefined;
  const read = searchedFields(text);
  const fields = text.fields
    .filter(({ field }) => (only ?? [...read]).includes(field.name))
    .map(({ field, weight }) => `item.${field.name}${weight === 1 ? "" : `^${weight}`}`);
  return entry(
    "searched",
    openObject([
      entry("fields", texts(fields)),
      entry("typoTolerant", String(text.typoTolerant === true)),
    ]),
  );
}

const builtIn: ReadonlySet<string> = new Set(["session", "view", "declared", "facets"]);

/** A parameter that would hide what the body needs gets a tail. */
export const parameterName = (name: string): string =>
  identifier(builtIn.has(name) ? `${name}_` : name);

/** `() => [...equal("item.shelf", filter.shelf)]`; made when the call is, so that a value that is none rejects it. */
export function filtersArgument(
  module: ViewModule,
  predicates: readonly Predicate[],
  parameter: string,
): Doc {
  if (predicates.length === 0) return "() => []";
  const clauses = predicates.flatMap(({ field: name, operator }) => {
    const field = fieldOf(module.view, name);
    if (field === undefined) return [];
    const by = comparedBy(field, operator);
    module.runtime("filter", by);
    const path = comparedPath(field, useOf(module.view, field));
    const scale = field.type.kind === "decimal" ? [String(field.type.scale)] : [];
    return [["...", call(by, [stringLiteral(path), `${parameter}${access(name)}`, ...scale])]];
  });
  return ["() => ", arrayLiteral(clauses)];
}

function comparedBy(field: FieldIr, operator: Predicate["operator"]): string {
  const isDecimal = field.type.kind === "decimal";
  if (operator === "range") return isDecimal ? "withinDecimal" : "within";
  if (isDecimal) return "equalDecimal";
  return isUuid(field) ? "equalUuid" : "equal";
}

export const fieldOf = ({ entity }: HeldView, name: string): FieldIr | undefined =>
  entity.fields.find((field) => field.name === name);

/** `(query, filter) => body`, the body on its own line when it does not fit. */
export const method = (parameters: readonly string[], body: Doc): Doc => [
  `(${parameters.join(", ")}) =>`,
  group(indent([line, body])),
];

export const declaredMethod = (name: string): string => `declared${access(name)}`;
