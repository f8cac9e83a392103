import type { ItemShape } from "../../../templates/engines/milvus/definition.ts";
import type { EntityIr, Ir, TypeIr, VectorViewIr } from "../../ir/types.ts";
import type { Predicate } from "../../spec/model.ts";
import { type Doc, group, indent, line, print } from "../../render/document.ts";
import { code, identifier, propertyName, stringLiteral } from "../../render/encode.ts";
import {
  arrayLiteral,
  call,
  docBlock,
  entry,
  functionHead,
  importLines,
  ImportSet,
  objectLiteral,
  openObject,
} from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";
import { guardOf, viewFilters } from "../families/filter-declaration.ts";
import { isUuid } from "../families/filters.ts";
import { columnName, definitionOf, filterFields } from "./definition.ts";
import { indexPlan } from "./index-plan.ts";

type MethodIr = VectorViewIr["methods"][number];

/** `similar-products.ts`: the view's definition, its reading methods and its writing side. */
export function viewFile(view: VectorViewIr, ir: Ir): FileRequest {
  const { entity, property, typeName } = view;
  const imports = importsOf(view);
  const guard = guardOf(
    { factory: property, typeName, collection: property },
    viewFilters(view.methods),
    imports,
  );
  const names = methodNames(view);
  const methods = view.methods.map((method) => print(reading(entity, method, names), 4));
  const parts = [
    `${docBlock([indexPlan(view).reason])}const view: VectorView<${entity.name}, ${entity.name}Json> = ${print(declared(view, ir.project))};`,
    ...view.methods.map((method) => declaration(view, method, names)),
    ...guard.declarations,
    [
      docBlock([
        `Nearest neighbours of ${entity.name} in Milvus, as fresh as the last change that was copied.`,
      ]),
      functionHead(property, [{ name: "session", type: "MilvusSession" }], typeName),
      `\n  return ${guard.call}, {\n`,
      ...methods.map((method) => `    ${method},\n`),
      "  });\n}",
    ].join(""),
    `${docBlock(["The writing side, for projectors and for `npm run db -- views`; no application type leads to it."])}${print(
      [
        `export const ${identifier(targetName(view))} = (session: MilvusSession): ViewTarget<${entity.name}> =>`,
        group(indent([line, "session.target(view);"])),
      ],
    )}`,
  ];
  return {
    path: `{data}/stores/${view.store}/${view.file}.ts`,
    ownership: "generated",
    unit: `stores/${view.store}`,
    template: "shared/module.ts.hbs",
    data: { imports: code(importLines(imports)), parts: parts.map(code) },
  };
}

export const targetName = ({ property }: VectorViewIr): string => `${property}Target`;

function importsOf({ entity, file, typeName, methods }: VectorViewIr): ImportSet {
  const operators = new Set(
    methods.flatMap(({ method }) =>
      method.filter.map((predicate) => conditionOf(entity, predicate)),
    ),
  );
  return new ImportSet()
    .type(`../../domain/${entity.domainFile}.ts`, entity.name)
    .value(
      `../../domain/${entity.domainFile}-json.ts`,
      `${entity.stem}FromJson`,
      `${entity.stem}ToJson`,
    )
    .type(`../../domain/${entity.domainFile}-json.ts`, `${entity.name}Json`)
    .type(`../../ports/${file}.ts`, typeName)
    .type("../../runtime/milvus/definition.ts", "VectorView")
    .value("../../runtime/milvus/expression.ts", ...operators)
    .type("../../runtime/milvus/session.ts", "MilvusSession", "NearestDeclaration")
    .type("../../runtime/view.ts", "ViewTarget");
}

function conditionOf({ fields }: EntityIr, { field: name, operator }: Predicate): string {
  if (operator === "range") return "between";
  const field = fields.find((one) => one.name === name);
  return field !== undefined && isUuid(field) ? "equalUuid" : "equal";
}

/** Names of constants; a method may be called as something that the module has already. */
function methodNames(view: VectorViewIr): ReadonlyMap<string, string> {
  const { entity, property } = view;
  const taken = new Set([
    "view",
    "equal",
    "equalUuid",
    "between",
    "filtered",
    "filters",
    "guarded",
    property,
    targetName(view),
    `${entity.stem}FromJson`,
    `${entity.stem}ToJson`,
  ]);
  return new Map(
    view.methods.map(({ signature: { name } }) => {
      const free = taken.has(name) ? `${name}Method` : name;
      taken.add(free);
      return [name, free];
    }),
  );
}

function declared(view: VectorViewIr, project: string): Doc {
  const { entity, field } = view;
  const item = identifier(entity.variable);
  const own = `${item}${access(field.name)}`;
  const columns = filterFields(view).map(
    (one) => [columnName(one), `${item}${access(one.name)}`] as const,
  );
  const without = objectLiteral([[field.name, "new Float32Array()"]]);
  return openObject([
    entry("name", stringLiteral(view.workload)),
    entry("definition", definitionLiteral(view, project)),
    entry("shape", literal(shapeOf(entity, field.name))),
    entry("vector", arrow(item, own)),
    entry(
      "columns",
      columns.length === 0 ? "() => ({})" : arrow(item, ["(", objectLiteral(columns), ")"]),
    ),
    entry("toJson", arrow(item, call(`${entity.stem}ToJson`, [spread(item, without)]))),
    entry(
      "fromJson",
      arrow("(json, vector)", [
        "(",
        spread(`${entity.stem}FromJson(json)`, objectLiteral([[field.name, "vector"]])),
        ")",
      ]),
    ),
  ]);
}

/** What reads of an item rely on; the vector does not lie in it. */
const shapeOf = (entity: EntityIr, without?: string): ItemShape =>
  Object.fromEntries([
    ...entity.fields
      .filter(({ name, visible }) => visible && name !== without)
      .map(({ name, nullable }) => [name, nullable ? "nullable" : "value"] as const),
    ...entity.children.map((child) => [child.property, shapeOf(child.entity)] as const),
  ]);

const access = (name: string): string =>
  propertyName(name) === name ? `.${name}` : `[${stringLiteral(name)}]`;

/** `(product) => product.embedding` */
const arrow = (parameters: string, body: Doc): Doc => [
  parameters.startsWith("(") ? parameters : `(${parameters})`,
  " => ",
  body,
];

/** `{ ...product, embedding: … }` */
function spread(of: string, changed: Doc): Doc {
  const [text = ""] = [print(changed)];
  return `{ ...${of}, ${text.slice(2)}`;
}

function definitionLiteral(view: VectorViewIr, project: string): Doc {
  const definition = definitionOf(view, project);
  return openObject(Object.entries(definition).map(([name, value]) => entry(name, literal(value))));
}

function literal(value: unknown): Doc {
  if (Array.isArray(value)) return arrayLiteral(value.map(literal));
  if (typeof value === "string") return stringLiteral(value);
  if (typeof value !== "object" || value === null) return String(value);
  return objectLiteral(Object.entries(value).map(([name, one]) => [name, literal(one)] as const));
}

function declaration(
  { entity, workload }: VectorViewIr,
  { operation, signature }: MethodIr,
  names: ReadonlyMap<string, string>,
): string {
  const name = identifier(names.get(signature.name) ?? signature.name);
  const type = `NearestDeclaration<${entity.name}, ${entity.name}Json>`;
  const value = openObject([
    entry("operation", stringLiteral(operation)),
    entry("effect", stringLiteral("read")),
    entry("collection", stringLiteral(workload)),
    entry("of", "view"),
  ]);
  return `const ${name}: ${type} = ${print(value)};`;
}

/** `nearest: (vector, filter, options) => session.nearest(nearest, vector, […], options)` */
function reading(
  entity: EntityIr,
  { method, signature }: MethodIr,
  names: ReadonlyMap<string, string>,
): Doc {
  const filter = parameterOf(signature.parameters, "filter");
  const parameters = ["vector", ...(filter ? ["filter"] : []), "options"];
  const conditions = method.filter.map((predicate): Doc =>
    call(`...${conditionOf(entity, predicate)}`, [
      stringLiteral(columnName({ name: predicate.field })),
      `filter${access(predicate.field)}`,
    ]),
  );
  const body = call("session.nearest", [
    names.get(signature.name) ?? signature.name,
    "vector",
    arrayLiteral(conditions),
    "options",
  ]);
  return [
    propertyName(signature.name),
    ": (",
    parameters.join(", "),
    ") =>",
    group(indent([line, body])),
  ];
}

const parameterOf = (parameters: readonly Pick<TypeIr, "name">[], name: string): boolean =>
  parameters.some((parameter) => parameter.name === name);
