import type { FieldIr, Ir, SearchViewIr, StoreIr } from "../../../ir/types.ts";
import { camelCase } from "../../../ir/words.ts";
import type { Doc } from "../../../render/document.ts";
import { hardline, indent } from "../../../render/document.ts";
import { call, entry } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { viewFilters } from "../filter-declaration.ts";
import { adapterFile, type MethodBody } from "./adapter-file.ts";
import { baseCodec, elementCodec } from "./codec.ts";
import { type Leading, valuesDeclaration } from "./filter-values.ts";
import type { ListFragments } from "./fragments.ts";
import { listDeclaration } from "./list-declaration.ts";
import { AdapterModule, codecsName, rowName } from "./module.ts";
import { rowLength, visibleFields } from "./row.ts";
import type { AdapterRuntime } from "./runtime.ts";
import { arrow, arrowToObject, type Entry } from "./source.ts";
import { sessionCall } from "./target.ts";

type SearchMethodIr = SearchViewIr["methods"][number];

/** How one engine searches: its statements, and what becomes of a query and of its hits. */
export interface SearchSql {
  readonly engine: AdapterRuntime;
  /** Ranked hits: after the row's columns the score. */
  readonly hits: (method: SearchMethodIr) => ListFragments;
  readonly facet: (method: SearchMethodIr, field: FieldIr) => ListFragments;
  /** What the query becomes in a statement, and the argument that is given for it. */
  readonly leading: (module: AdapterModule) => Leading & { readonly argument: string };
  /** Highlights of a row, for a method that has them. @param first column after the score */
  readonly highlights: (method: SearchMethodIr, first: number) => Doc;
  /** What is still done with the hits. */
  readonly finished?: (method: SearchMethodIr, hits: Doc, module: AdapterModule) => Doc;
}

interface Searched {
  readonly view: SearchViewIr;
  readonly module: AdapterModule;
  readonly sql: SearchSql;
}

/** `product-search.ts`: ranked full text search over the entity's own table. */
export function sqlSearchFile(
  view: SearchViewIr,
  store: StoreIr,
  ir: Ir,
  sql: SearchSql,
): FileRequest {
  const { entity } = view;
  const module = new AdapterModule(
    sql.engine,
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
      methods: view.methods.map((method) => searchMethod({ view, module, sql }, method)),
      filters: viewFilters(view.methods),
    },
    module,
  );
}

const isScoped = ({ view, sql }: Searched): boolean =>
  sql.engine.scopes === true && view.entity.tenant !== undefined;

function searchMethod(of: Searched, method: SearchMethodIr): MethodBody {
  const { module, sql } = of;
  const { name, parameters } = method.signature;
  const variable = hitsDeclaration(of, method);
  const values = valuesOf(of, method, variable);
  const facets = method.method.facets.flatMap(
    (facet) => facetDeclaration(of, method, facet, variable) ?? [],
  );
  const paged = method.method.page === "keyset";
  const names = parameters.map((parameter) => parameter.name);
  const hits = (texts: string): Doc => {
    const found = sessionCall(paged ? "page" : "list", hitOf(method)?.name, [
      variable,
      texts,
      ...(paged ? ["page"] : []),
      "options",
    ]);
    return sql.finished?.(method, found, module) ?? found;
  };
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
  const reads = facets.map((facet) => call("session.top", [facet.variable, "values", "options"]));
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

const hitOf = ({ types }: SearchMethodIr): SearchMethodIr["types"][number] | undefined =>
  types.find((type) => type.properties.some((property) => property.name === "score"));

function hitsDeclaration(of: Searched, method: SearchMethodIr): string {
  const { view, module, sql } = of;
  const { entity } = view;
  const hit = hitOf(method);
  module.portType(view.file, hit);
  module.codecs.add("float");
  const score = rowLength(entity);
  const variable = module.variable(method.signature.name);
  const keys = entity.key.map((field) => visibleFields(entity).indexOf(field));
  const entries: readonly Entry[] = [
    ["item", `${rowName(entity)}(row)`],
    ["score", `float.decode(row[${score}])`],
    ...(method.method.highlight
      ? [["highlights", sql.highlights(method, score + 1)] as const]
      : []),
  ];
  module.declarations.push(
    listDeclaration({
      module,
      scoped: isScoped(of),
      variable,
      operation: method.operation,
      collection: entity.table,
      fragments: sql.hits(method),
      row: arrowToObject(`(row): ${hit?.name ?? "never"}`, entries),
      cursor: [score, ...keys],
      ...(method.method.page === "keyset" ? { position: "score" } : {}),
    }),
  );
  return variable;
}

function valuesOf(
  { view, module, sql }: Searched,
  method: SearchMethodIr,
  variable: string,
): string {
  const name = module.variable(`${variable}Values`);
  const filter = method.signature.parameters.find((parameter) => parameter.name === "filter");
  const type = filter === undefined ? undefined : { name: filter.type };
  module.portType(view.file, type);
  const { argument, ...leading } = sql.leading(module);
  module.declarations.push(
    valuesDeclaration({
      name,
      entity: view.entity,
      fragments: sql.hits(method),
      leading: [leading],
      filter: { variable: "filter", type },
      module,
    }),
  );
  return `${name}(${type === undefined ? argument : `${argument}, filter`})`;
}

function facetDeclaration(
  of: Searched,
  method: SearchMethodIr,
  property: string,
  hits: string,
): Facet | undefined {
  const { view, module, sql } = of;
  const field = view.entity.fields.find((candidate) => candidate.name === property);
  if (field === undefined) return undefined;
  const variable = module.variable(camelCase(`${hits}-${property}`));
  module.codecs.add("int");
  const row = arrowToObject("(row)", [
    ["value", [valueCodec(field, module), ".decode(row[0])"]],
    ["count", "int.decode(row[1])"],
  ]);
  module.declarations.push(
    listDeclaration({
      module,
      scoped: isScoped(of),
      variable,
      operation: `${method.operation}.${property}`,
      collection: view.entity.table,
      fragments: sql.facet(method, field),
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
