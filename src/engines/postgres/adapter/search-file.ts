import type { FieldIr, Ir, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import { camelCase } from "../../../ir/words.ts";
import type { Doc } from "../../../render/document.ts";
import { hardline, indent } from "../../../render/document.ts";
import { call, entry, objectLiteral, openObject } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { rowLength, visibleFields } from "../statements/row.ts";
import type { SearchMethodIr } from "../statements/search.ts";
import { facetFragments, highlightedFields, searchFragments } from "../statements/search.ts";
import { adapterFile } from "../../families/sql/adapter-file.ts";
import { baseCodec, elementCodec } from "../../families/sql/codec.ts";
import { valuesDeclaration } from "../../families/sql/filter-values.ts";
import { listDeclaration } from "../../families/sql/list-declaration.ts";
import { postgresRuntime } from "./runtime.ts";
import { AdapterModule, codecsName, rowName } from "../../families/sql/module.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import type { Entry } from "../../families/sql/source.ts";
import { arrow, arrowToObject } from "../../families/sql/source.ts";

/** `product-search.ts`: ranked full text search over the entity's own table. */
export function searchFile(view: SearchViewIr, store: StoreIr, ir: Ir): FileRequest {
  const { entity } = view;
  const module = new AdapterModule(
    postgresRuntime,
    ir,
    [entity],
    [view.property, codecsName(entity), rowName(entity), "query", "filter"],
  );
  return adapterFile(
    {
      path: `{data}/stores/${store.name}/${view.file}.ts`,
      unit: `stores/${store.name}`,
      doc: `Full text search over ${entity.name}, always as fresh as the rows themselves.`,
      factory: view.property,
      typeName: view.typeName,
      port: view.file,
      collection: view.property,
      methods: view.methods.map((method) => searchMethod(view, method, module)),
    },
    module,
  );
}

function searchMethod(
  view: SearchViewIr,
  method: SearchMethodIr,
  module: AdapterModule,
): MethodBody {
  const { name, parameters } = method.signature;
  const variable = hitsDeclaration(view, method, module);
  const values = valuesOf(view, method, module, variable);
  const facets = method.method.facets.flatMap(
    (facet) => facetDeclaration(view, method, facet, module, variable) ?? [],
  );
  const paged = method.method.page === "keyset";
  const names = parameters.map((parameter) => parameter.name);
  const hits = (texts: string): Doc =>
    call(paged ? "session.page" : "session.list", [
      variable,
      texts,
      ...(paged ? ["page"] : []),
      "options",
    ]);
  if (facets.length === 0) return [name, arrow(names, hits(values))];
  return [name, withFacets(names, values, hits("values"), facets, paged)];
}

interface Facet {
  readonly property: string;
  readonly variable: string;
}

/** Hits and facets are read at the same time. */
function withFacets(
  names: readonly string[],
  values: string,
  hits: Doc,
  facets: readonly Facet[],
  paged: boolean,
): Doc {
  const reads = facets.map((facet) => call("session.list", [facet.variable, "values", "options"]));
  const found = facets.map((facet) => entry(facet.property, `${facet.property}Counts`));
  const result: Doc[] = [paged ? "...hits" : "items: hits", ["facets: ", objectOf(found)]];
  return [
    `(${names.join(", ")}) => {`,
    indent([
      hardline,
      `const values = ${values};`,
      hardline,
      "const reads = Promise.all([",
      indent([hits, ...reads].map((read): Doc => [hardline, read, ","])),
      hardline,
      "]);",
      hardline,
      `return reads.then(([hits, ${facets.map((facet) => `${facet.property}Counts`).join(", ")}]) => ({`,
      indent(result.map((part): Doc => [hardline, part, ","])),
      hardline,
      "}));",
    ]),
    hardline,
    "}",
  ];
}

const objectOf = (entries: readonly Doc[]): Doc => [
  "{ ",
  entries.flatMap((one, at) => (at === 0 ? [one] : [", ", one])),
  " }",
];

function hitsDeclaration(
  view: SearchViewIr,
  method: SearchMethodIr,
  module: AdapterModule,
): string {
  const { entity } = view;
  const hit = method.types.find((type) =>
    type.properties.some((property) => property.name === "score"),
  );
  module.portType(view.file, hit);
  module.runtime("statement", "dynamicRead");
  module.codecs.add("float");
  const score = rowLength(entity);
  const variable = module.variable(method.signature.name);
  const fragments = searchFragments(view, method);
  const keys = entity.key.map((field) => visibleFields(entity).indexOf(field));
  const entries: readonly Entry[] = [
    ["item", `${rowName(entity)}(row)`],
    ["score", `float.decode(row[${score}])`],
    ...(method.method.highlight
      ? [["highlights", highlights(view, method, score + 1)] as const]
      : []),
  ];
  module.declarations.push(
    listDeclaration({
      variable,
      operation: method.operation,
      collection: entity.table,
      fragments,
      row: arrowToObject(`(row): ${hit?.name ?? "never"}`, entries),
      cursor: [score, ...keys],
    }),
  );
  return variable;
}

/** A field without a found word has no highlight. */
function highlights(view: SearchViewIr, method: SearchMethodIr, first: number): Doc {
  return openObject(
    highlightedFields(view, method).map((field, at) => {
      const cell = `row[${first + at}]`;
      const present = objectLiteral([[field.name, cell]]);
      return [`...(typeof ${cell} === "string" ? `, present, " : {})"];
    }),
  );
}

function valuesOf(
  view: SearchViewIr,
  method: SearchMethodIr,
  module: AdapterModule,
  variable: string,
): string {
  const name = module.variable(`${variable}Values`);
  const filter = method.signature.parameters.find((parameter) => parameter.name === "filter");
  const type = filter === undefined ? undefined : { name: filter.type };
  module.portType(view.file, type);
  module.codecs.add("text");
  const fragments = searchFragments(view, method);
  const leading = [{ parameter: { name: "query", type: "string" }, value: "text.encode(query)" }];
  module.declarations.push(
    valuesDeclaration({
      name,
      entity: view.entity,
      fragments,
      leading,
      filter: { variable: "filter", type },
      module,
    }),
  );
  return `${name}(${type === undefined ? "query" : "query, filter"})`;
}

function facetDeclaration(
  view: SearchViewIr,
  method: SearchMethodIr,
  property: string,
  module: AdapterModule,
  of: string,
): Facet | undefined {
  const field = view.entity.fields.find((candidate) => candidate.name === property);
  if (field === undefined) return undefined;
  const variable = module.variable(camelCase(`${of}-${property}`));
  module.codecs.add("int");
  const row = arrowToObject("(row)", [
    ["value", [valueCodec(field, module), ".decode(row[0])"]],
    ["count", "int.decode(row[1])"],
  ]);
  module.declarations.push(
    listDeclaration({
      variable,
      operation: `${method.operation}.${property}`,
      collection: view.entity.table,
      fragments: facetFragments(view, method, field),
      row,
      cursor: [],
    }),
  );
  return { property, variable };
}

function valueCodec(field: FieldIr, module: AdapterModule): Doc {
  if (field.type.kind === "array") return elementCodec(field.type.of, module.codecs);
  module.domainTypes(field.tsType);
  return baseCodec(field, module.codecs);
}
