import type { RepositoryIr, SignatureIr, TypeIr, ViewIr } from "../../ir/types.ts";
import type { EngineDescriptor, FileRequest } from "../../engines/engine.ts";
import { docInStore } from "../../engines/families/record/describe.ts";
import { code, identifier } from "../encode.ts";
import { ImportSet, docBlock, importLines, methodLine, propertyLine } from "../layout.ts";
import type { SharedContext } from "./types.ts";

/** `ports/order-repository.ts`: the interface the application programs against, with the types of its arguments and answers. */
export function repositoryPort(
  repository: RepositoryIr,
  engine: EngineDescriptor,
  context: SharedContext,
): FileRequest {
  const { entity, methods } = repository;
  return portFile({
    file: repository.file,
    unit: `entities/${entity.owner ?? entity.name}`,
    typeName: repository.typeName,
    doc: [`${entity.name} as workload ${repository.workload} uses it.`],
    types: methods.flatMap((method) => method.types),
    signatures: methods.flatMap((method) => [
      { ...method.signature, doc: docInStore(method, entity, engine) },
      ...(method.batch === undefined ? [] : [method.batch]),
      ...(method.asOf === undefined ? [] : [method.asOf]),
    ]),
    context,
  });
}

/** `ports/product-search.ts`: a derived view; it has no method that writes. */
export function viewPort(
  view: ViewIr,
  { searchNote }: EngineDescriptor,
  context: SharedContext,
): FileRequest {
  const kinds = { search: "Ranked text search", vector: "Nearest neighbours", cache: "A cache" };
  const over = view.entity === undefined ? "" : ` over ${view.entity.name}`;
  return portFile({
    file: view.file,
    unit: `stores/${view.store}`,
    typeName: view.typeName,
    doc: [
      `${kinds[view.port]}${over}, for workload ${view.workload}.`,
      ...(view.comment === undefined ? [] : [view.comment]),
      ...(view.port === "search" && searchNote !== undefined ? [searchNote] : []),
    ],
    types: view.port === "cache" ? [] : view.methods.flatMap((method) => method.types),
    signatures: view.methods.map((method) => method.signature),
    context,
  });
}

interface Port {
  readonly file: string;
  readonly unit: string;
  readonly typeName: string;
  readonly doc: readonly string[];
  readonly types: readonly TypeIr[];
  readonly signatures: readonly SignatureIr[];
  readonly context: SharedContext;
}

function portFile(port: Port): FileRequest {
  const types = [...new Map(port.types.map((type) => [type.name, type])).values()];
  const methods = port.signatures.map((signature) => methodText(signature)).join("\n\n");
  const contract = `${docBlock(port.doc)}export interface ${identifier(port.typeName)} {\n${methods}\n}`;
  return {
    path: `{data}/ports/${port.file}.ts`,
    ownership: "generated",
    unit: port.unit,
    template: "shared/module.ts.hbs",
    data: {
      imports: code(importLines(portImports(types, port.signatures, port.context))),
      parts: [...types.map(typeText), contract].map(code),
    },
  };
}

function methodText({ name, parameters, returns, doc }: SignatureIr): string {
  return docBlock(doc, 2) + methodLine(name, parameters, `Promise<${returns}>`);
}

function typeText(type: TypeIr): string {
  const lines = type.properties.map(({ name, type: of, optional, comment }) =>
    propertyLine({
      name,
      type: members(of),
      optional,
      doc: comment === undefined ? [] : [comment],
    }),
  );
  const extending = type.extends === undefined ? "" : ` extends ${type.extends}`;
  const doc = docBlock(type.comment === undefined ? [] : [type.comment]);
  return `${doc}export interface ${identifier(type.name)}${extending} {\n${lines.join("\n")}\n}`;
}

/** Top-level members of a union that we made: ours never nest one in brackets without a type argument around it. */
const members = (type: string): readonly string[] =>
  /[<({]/.test(type) ? [type] : type.split(" | ");

const optionTypes = [
  "Page",
  "PageRequest",
  "Range",
  "ReadOptions",
  "VersionedWriteOptions",
  "WriteOptions",
];

/** Every name that the port's types and signatures mention, from where it is declared. */
function portImports(
  types: readonly TypeIr[],
  signatures: readonly SignatureIr[],
  context: SharedContext,
): ImportSet {
  const imports = new ImportSet();
  const mentioned = new Set(
    [
      ...types.flatMap((type) => [
        type.extends ?? "",
        ...type.properties.map((property) => property.type),
      ]),
      ...signatures.flatMap((signature) => [
        signature.returns,
        ...signature.parameters.map((parameter) => parameter.type),
      ]),
    ].flatMap(namesIn),
  );
  const own = new Set(types.map((type) => type.name));
  for (const name of mentioned) {
    if (own.has(name)) continue;
    if (optionTypes.includes(name)) imports.type("../runtime/options.ts", name);
    else if (name === "Json") imports.type("../runtime/json.ts", name);
    else {
      const file = context.declaredIn.get(name);
      if (file !== undefined) imports.type(`../domain/${file}.ts`, name);
    }
  }
  return imports;
}

/** Names of types in a type expression, what stands in quotes apart. */
function namesIn(expression: string): readonly string[] {
  const bare = expression.includes('"')
    ? expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")
    : expression;
  return bare.match(/[A-Z][A-Za-z0-9_$]*/g) ?? [];
}
