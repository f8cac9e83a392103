import type { FieldIr, Ir, SearchViewIr, StoreIr } from "../../ir/types.ts";
import { type Doc, hardline, indent } from "../../render/document.ts";
import { stringLiteral } from "../../render/encode.ts";
import { arrayLiteral, call, entry, objectLiteral, openObject } from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";
import { access } from "../families/sql/source.ts";
import {
  adapterFile,
  declaredMethod,
  fieldOf,
  filtersArgument,
  method as arrow,
  type MethodParts,
  operationEntries,
  parameterName,
  searchedEntry,
  texts,
  ViewModule,
} from "./adapter.ts";
import { useOf } from "./definition.ts";
import { facetPath } from "./fields.ts";

type SearchMethodIr = SearchViewIr["methods"][number];

/** The adapter of a search view. */
export function searchFile(view: SearchViewIr, store: StoreIr, ir: Ir): FileRequest {
  const module = new ViewModule(view, ir);
  module.runtime("declaration", "searchOf");
  return adapterFile(
    module,
    store,
    view.methods.map((method) => methodParts(view, method, module)),
  );
}

function methodParts(view: SearchViewIr, method: SearchMethodIr, module: ViewModule): MethodParts {
  const { name, parameters } = method.signature;
  const [query = "query", ...rest] = parameters.map((parameter) => parameterName(parameter.name));
  const paged = method.method.page === "keyset";
  const counted = method.method.facets.length > 0;
  const filter = method.method.filter.length > 0 ? (rest[0] ?? "filter") : "filter";
  const reader = `session.${paged ? "page" : "list"}${counted ? "Counted" : ""}`;
  const body = call(reader, [
    declaredMethod(name),
    ...(counted ? [`facets${access(name)}`] : []),
    query,
    filtersArgument(module, method.method.filter, filter),
    ...(paged ? ["page"] : []),
    "options",
  ]);
  return {
    name,
    declaration: declarationOf(view, method, module),
    ...(counted ? { facets: facetsOf(view, method, module) } : {}),
    body: arrow([query, ...rest], body),
  };
}

/** `(counts: Counts) => ({ tags: facetOf(counts, "tags", sameText<string>) })` */
function facetsOf(view: SearchViewIr, method: SearchMethodIr, module: ViewModule): Doc {
  module.runtime("answer", "facetOf");
  module.runtimeType("answer", "Counts");
  const facets = method.method.facets.flatMap((name) => {
    const field = fieldOf(view, name);
    if (field === undefined) return [];
    const counted = call("facetOf", ["counts", stringLiteral(name), decoderOf(field, module)]);
    return [entry(name, counted)];
  });
  return ["(counts: Counts) => (", openObject(facets), ")"];
}

/** How the text of a counted value becomes the value. */
function decoderOf(field: FieldIr, module: ViewModule): Doc {
  const kind = field.type.kind === "array" ? field.type.of : field.type.kind;
  switch (kind) {
    case "int":
    case "float":
      return "Number";
    case "bigint":
      return "BigInt";
    case "boolean":
      module.runtime("answer", "trueText");
      return "trueText";
    case "timestamp":
      return "(text) => new Date(text)";
    default:
      return textDecoder(field, module);
  }
}

function textDecoder(field: FieldIr, module: ViewModule): string {
  module.runtime("answer", "sameText");
  const plain = field.type.kind === "array" || field.tsType === "string";
  if (plain) return "sameText<string>";
  module.domainType(field.tsType);
  return `sameText<${field.tsType}>`;
}

function declarationOf(view: SearchViewIr, method: SearchMethodIr, module: ViewModule): Doc {
  const marked = markedFields(view, method);
  const hit = method.types.find((type) => type.properties.some(({ name }) => name === "score"));
  if (hit !== undefined) module.portType(hit.name);
  const facets = method.method.facets.flatMap((name) => {
    const field = fieldOf(view, name);
    if (field === undefined) return [];
    const path = facetPath(field, useOf(view, field));
    return [
      objectLiteral([
        ["name", stringLiteral(name)],
        ["path", stringLiteral(path)],
      ]),
    ];
  });
  const searched = searchedEntry(view, method.method.text);
  if (method.method.highlight) module.runtime("declaration", "highlightsOf");
  const found: readonly Doc[] = [
    entry("item", "found.item"),
    entry("score", "found.score"),
    ...(method.method.highlight
      ? [entry("highlights", call("highlightsOf", ["found", ...marked.map(stringLiteral)]))]
      : []),
  ];
  return [
    "searchOf(",
    openObject([
      ...operationEntries(module, method.operation),
      ...(searched === undefined ? [] : [searched]),
      entry("marked", texts(marked)),
      entry("facets", objectList(facets)),
      entry("hit", [`(found): ${hit?.name ?? "never"} => (`, openObject(found), ")"]),
    ]),
    ")",
  ];
}

/** Fields that can be marked: those with running text. */
const markedFields = (view: SearchViewIr, { method }: SearchMethodIr): readonly string[] =>
  method.highlight
    ? view.fields.map(({ field }) => field.name).filter((name) => method.text.includes(name))
    : [];

/** Several objects stand one a line, as the formatter would have them. */
const objectList = (objects: readonly Doc[]): Doc =>
  objects.length > 1
    ? ["[", indent(objects.map((one): Doc => [hardline, one, ","])), hardline, "]"]
    : arrayLiteral(objects);
