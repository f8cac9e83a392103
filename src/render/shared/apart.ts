import type { FileRequest } from "../../engines/engine.ts";
import { storeProperty } from "../../ir/names.ts";
import type { Ir, SearchViewIr, StoreIr, VectorViewIr, ViewIr } from "../../ir/types.ts";
import { code, identifier, stringLiteral } from "../encode.ts";
import { group, indent, line, print } from "../document.ts";
import {
  call,
  docBlock,
  entry,
  importLines,
  ImportSet,
  openObject,
  parameterList,
} from "../layout.ts";

/** A search or vector view in another store than the authority of its entity. */
export type ApartView = SearchViewIr | VectorViewIr;

export const isApart = (view: ViewIr): view is ApartView =>
  view.port !== "cache" && view.store !== view.sourceStore;

export const apartViews = ({ stores }: Ir): readonly ApartView[] =>
  stores.flatMap(({ views }) => views.filter(isApart));

/** The search view in another store that a vector view is asked together with. */
export const textView = (view: ViewIr): SearchViewIr | undefined =>
  view.port === "vector"
    ? view.methods.find(({ fused }) => fused !== undefined)?.fused?.view
    : undefined;

/** A vector view whose neighbours are fused with the hits of a text view in another store. */
export const isFused = (view: ViewIr): boolean => textView(view) !== undefined;

/** What joins views to stores that know nothing of each other: how each is filled again, and which are asked together. */
export function apartFiles(ir: Ir): readonly FileRequest[] {
  const views = apartViews(ir);
  return [
    ...(views.length === 0 ? [] : [viewsFile(views)]),
    ...ir.stores
      .flatMap((store) => store.views)
      .flatMap((view) => (view.port === "vector" && isFused(view) ? [fusedFile(view)] : [])),
  ];
}

/** `stores/views.ts` */
function viewsFile(views: readonly ApartView[]): FileRequest {
  const imports = new ImportSet()
    .type("../runtime/view-rebuild.ts", "RebuildableView")
    .value("../runtime/view-rebuild.ts", "rebuildableView")
    .type("./open.ts", "OpenStores");
  const vectors = views.filter(isMeasured);
  for (const { entity, metric } of vectors)
    imports
      .value(
        "../runtime/hybrid.ts",
        distances[metric],
        ...(metric === "cosine" ? ["directed"] : []),
      )
      .type("../runtime/view-bench.ts", "NearestBench")
      .type(`../domain/${entity.domainFile}.ts`, entity.name);
  const head = `export const rebuildableViews = (stores: OpenStores["stores"]): readonly RebuildableView[] => [`;
  const lines = views.map((view) => `  ${print([rebuildable(view), ","], 2)}`);
  const doc = docBlock([
    "Every view that lies in another store than its authority, with the way to fill it again.",
  ]);
  return {
    path: "{data}/stores/views.ts",
    ownership: "generated",
    unit: "project",
    template: "shared/module.ts.hbs",
    data: {
      imports: code(importLines(imports)),
      parts: [...vectors.map(measured), `${doc}${head}\n${lines.join("\n")}\n];`].map(code),
    },
  };
}

const rebuildable = (view: ApartView) =>
  call("rebuildableView", [
    stringLiteral(view.workload),
    stringLiteral(view.store),
    `stores.${storeProperty(view.sourceStore)}.feeds.${identifier(view.entity.property)}`,
    `stores.${storeProperty(view.store)}.targets.${identifier(view.property)}`,
    ...(isMeasured(view) ? [`${measuredName(view)}(stores)`] : []),
  ]);

const isMeasured = (view: ApartView): view is VectorViewIr =>
  view.port === "vector" && view.methods.length > 0;

const measuredName = ({ property }: VectorViewIr): string => `${property}Bench`;

/** How `views bench` asks a vector view, by its first method. */
function measured(view: VectorViewIr): string {
  const { entity, property, field, metric, methods } = view;
  const item = identifier(entity.variable);
  const store = `stores.${storeProperty(view.store)}`;
  const tenant = entity.tenant !== undefined;
  const repositories = tenant ? `${store}.forTenant(tenant).repositories` : `${store}.repositories`;
  const method = methods[0]?.signature.name ?? "";
  const asked = call(`${repositories}.${identifier(property)}.${method}`, [
    "query",
    ...((methods[0]?.method.filter.length ?? 0) > 0 ? ["{}"] : []),
    "{ limit }",
  ]);
  const held = `${item}.${identifier(field.name)}`;
  const vector = metric === "cosine" ? `directed(${held})` : held;
  const value = openObject([
    entry("key", `(${item}) => ${keyText(entity, item)}`),
    entry("vector", `(${item}) => ${vector}`),
    entry("distance", distances[metric]),
    [`nearest: (query, limit${tenant ? ', tenant = ""' : ""}) =>`, group(indent([line, asked]))],
  ]);
  return print([
    `const ${identifier(measuredName(view))} = `,
    parameterList([{ name: "stores", type: 'OpenStores["stores"]' }]),
    `: NearestBench<${entity.name}> => (`,
    value,
    ");",
  ]);
}

/** `views/similar-products.ts`: the vector view with the rank of a text view in another store. */
function fusedFile(view: VectorViewIr): FileRequest {
  const text = textView(view);
  const { entity, property, typeName, file } = view;
  const imports = new ImportSet()
    .type(`../ports/${file}.ts`, typeName)
    .type(`../ports/${text?.file ?? file}.ts`, text?.typeName ?? typeName)
    .value("../runtime/hybrid.ts", "fuse", distances[view.metric]);
  const methods = view.methods.map((method) => {
    const { name } = method.method;
    if (method.fused === undefined) return `    ${name}: vectors.${name},`;
    return fusedMethod(view, method);
  });
  const parts = [
    distanceOf(view),
    [
      docBlock([
        `${typeName} of the store ${view.store}; with a text, its neighbours and the hits of ${text?.property ?? ""} are fused by rank.`,
      ]),
      `export function ${identifier(property)}(vectors: ${typeName}, texts: ${text?.typeName ?? ""}): ${typeName} {\n`,
      "  return {\n",
      ...methods.map((method) => `${method}\n`),
      "  };\n}",
    ].join(""),
  ];
  imports.type(`../domain/${entity.domainFile}.ts`, entity.name);
  return {
    path: `{data}/views/${file}.ts`,
    ownership: "generated",
    unit: `stores/${view.store}`,
    template: "shared/module.ts.hbs",
    data: { imports: code(importLines(imports)), parts: parts.map(code) },
  };
}

const distances = {
  cosine: "cosineDistance",
  l2: "euclideanDistance",
  ip: "negativeInnerProduct",
} as const;

function distanceOf({ entity, field, metric }: VectorViewIr): string {
  const value = `item.${identifier(field.name)}`;
  const distance = `${distances[metric]}(vector, ${value})`;
  const body = field.nullable ? `${value} === null ? undefined : ${distance}` : distance;
  return `const distanceFrom =\n  (vector: Float32Array) =>\n  (item: ${entity.name}): number | undefined =>\n    ${body};`;
}

function fusedMethod({ entity }: VectorViewIr, method: VectorViewIr["methods"][number]): string {
  const { name } = method.method;
  const passed = ["vector", ...(method.method.filter.length > 0 ? ["filter"] : [])];
  const near = (limit: string): string =>
    `vectors.${name}(${passed.join(", ")}, { ...options, ${limit} })`;
  return `    ${name}: (${passed.join(", ")}, { text, limit = 10, ...options } = {}) =>
      text === undefined
        ? ${near("limit")}
        : fuse({
            limit,
            nearest: (most) => ${near("limit: most")},
            found: ${foundText(method)},
            keyOf: (item) => ${keyText(entity, "item")},
            distanceOf: distanceFrom(vector),
          }),`;
}

function keyText({ key }: Pick<VectorViewIr["entity"], "key">, item: string): string {
  const keys = key.map((field) => `${item}.${identifier(field.name)}`);
  return keys.length === 1 ? `String(${keys[0] ?? ""})` : `[${keys.join(", ")}].join()`;
}

/** The call of the text search, with the filter that both have; its own further filters stay open. */
function foundText({ method, fused }: VectorViewIr["methods"][number]): string {
  if (fused === undefined) return "async () => []";
  const search = fused.method.method;
  const paged = search.page === "keyset";
  const filter = method.filter.length > 0 ? "filter" : "{}";
  const args = [
    "text",
    ...(search.filter.length > 0 ? [filter] : []),
    ...(paged ? ["{ limit: most }"] : []),
    "options",
  ];
  const asked = call(`texts.${search.name}`, args);
  if (!paged && search.facets.length === 0) return print(["() => ", asked], 12);
  const line = print(["const { items } = await ", asked, ";"], 14);
  return `async (${paged ? "most" : ""}) => {
              ${line}
              return items;
            }`;
}

/** The stores that a view apart needs beside that of its rows: its own, then that of the texts it is fused with, if another. */
export function storesBeside(view: ApartView, stores: readonly StoreIr[]): readonly StoreIr[] {
  const text = textView(view)?.store;
  const names = [view.store, ...(text === undefined || text === view.sourceStore ? [] : [text])];
  return [...new Set(names)].flatMap((name) => stores.find((store) => store.name === name) ?? []);
}
