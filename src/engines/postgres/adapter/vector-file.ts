import type { Ir, StoreIr, VectorViewIr } from "../../../ir/types.ts";
import type { Doc } from "../../../render/document.ts";
import { group, indent, line } from "../../../render/document.ts";
import { stringLiteral } from "../../../render/encode.ts";
import { arrayLiteral, call } from "../../../render/layout.ts";
import type { FileRequest } from "../../engine.ts";
import { rowLength } from "../statements/row.ts";
import type { VectorMethodIr } from "../statements/vector.ts";
import { hybridText, nearestFragments, vectorFilter } from "../statements/vector.ts";
import { viewFilters } from "../../families/filter-declaration.ts";
import { adapterFile } from "../../families/sql/adapter-file.ts";
import { partValue, valuesDeclaration } from "../../families/sql/filter-values.ts";
import { listDeclaration } from "../../families/sql/list-declaration.ts";
import { postgresRuntime } from "./runtime.ts";
import { AdapterModule, codecsName, rowName } from "../../families/sql/module.ts";
import type { MethodBody } from "../../families/sql/adapter-file.ts";
import type { Entry } from "../../families/sql/source.ts";
import { arrow, arrowToObject, declaration, sqlText } from "../../families/sql/source.ts";
import { sessionCall } from "../../families/sql/target.ts";

/** `similar-products.ts`: nearest neighbours on the entity's own table. */
export function vectorFile(view: VectorViewIr, store: StoreIr, ir: Ir): FileRequest {
  const { entity } = view;
  const module = new AdapterModule(
    postgresRuntime,
    ir,
    [entity],
    [view.property, codecsName(entity), rowName(entity), "filter", "neighbour", "read"],
  );
  return adapterFile(
    {
      path: `{data}/stores/${store.name}/${view.file}.ts`,
      unit: `stores/${store.name}`,
      doc: `Nearest neighbours of ${entity.name}, always as fresh as the rows themselves.`,
      factory: view.property,
      typeName: view.typeName,
      port: view.file,
      collection: view.property,
      methods: view.methods.map((method) => nearestMethod(view, method, module)),
      filters: viewFilters(view.methods),
    },
    module,
  );
}

/** Rows wanted when the caller does not say. */
const defaultLimit = 10;

function nearestMethod(
  view: VectorViewIr,
  method: VectorMethodIr,
  module: AdapterModule,
): MethodBody {
  const filter = method.signature.parameters.find((parameter) => parameter.name === "filter");
  const type = filter === undefined ? undefined : { name: filter.type };
  module.portType(view.file, type);
  const plain = nearestDeclaration(view, method, module);
  const values = module.variable(`${plain}Values`);
  const leading = [
    {
      parameter: { name: "neighbour", type: "Float32Array" },
      values: [`vector(${view.dimensions}).encode(neighbour)`],
    },
  ];
  const fragments = nearestFragments(view, method);
  module.declarations.push(
    valuesDeclaration({
      name: values,
      entity: view.entity,
      fragments,
      leading,
      filter: { variable: "filter", type },
      module,
    }),
  );
  module.runtime("values", "itemsOf");
  const args = type === undefined ? "neighbour" : "neighbour, filter";
  const limit = `options?.limit ?? ${defaultLimit}`;
  const read = call("itemsOf", [
    sessionCall("page", neighbourOf(method)?.name, [
      plain,
      `${values}(${args})`,
      `{ limit: ${limit} }`,
      "options",
    ]),
  ]);
  const hybrid = hybridDeclaration(view, method, module, plain, type);
  const names = ["neighbour", ...(type === undefined ? [] : ["filter"]), "options"];
  return [
    method.signature.name,
    hybrid === undefined ? arrow(names, read) : arrow(names, eitherOr(read, hybrid(limit))),
  ];
}

/** `options?.text === undefined ? near : fused` */
const eitherOr = (plain: Doc, fused: Doc): Doc =>
  group([
    "options?.text === undefined",
    indent([line, "? ", indent(plain), line, ": ", indent(fused)]),
  ]);

const neighbourOf = ({ types }: VectorMethodIr): VectorMethodIr["types"][number] | undefined =>
  types.find((type) => type.properties.some((property) => property.name === "distance"));

function neighbourRow(view: VectorViewIr, method: VectorMethodIr, module: AdapterModule): Doc {
  const type = neighbourOf(method);
  module.portType(view.file, type);
  module.codecs.add("float").add("vector");
  const after = rowLength(view.entity);
  const entries: readonly Entry[] = [
    ["item", `${rowName(view.entity)}(row)`],
    ["distance", `float.decode(row[${after}])`],
    ["score", `float.decode(row[${after + 1}])`],
  ];
  return arrowToObject(`(row): ${type?.name ?? "never"}`, entries);
}

function nearestDeclaration(
  view: VectorViewIr,
  method: VectorMethodIr,
  module: AdapterModule,
): string {
  const variable = module.variable(method.signature.name);
  module.runtime("statement", "dynamicRead");
  module.declarations.push(
    listDeclaration({
      module,
      variable,
      operation: method.operation,
      collection: view.entity.table,
      fragments: nearestFragments(view, method),
      row: neighbourRow(view, method, module),
      cursor: [],
    }),
  );
  return variable;
}

/** Declares the fused statement and gives its call, for a method that names a search view. */
function hybridDeclaration(
  view: VectorViewIr,
  method: VectorMethodIr,
  module: AdapterModule,
  plain: string,
  type: { readonly name: string } | undefined,
): ((limit: string) => Doc) | undefined {
  const text = hybridText(view, method);
  if (text === undefined) return undefined;
  const variable = module.variable(`${plain}Hybrid`);
  module.runtime("statement", "read");
  module.runtime("search-text", "searchText");
  module.imports.value("../../runtime/keyset.ts", "pageLimit");
  module.declarations.push(
    declaration(variable, "read", [
      ["name", stringLiteral(`${method.operation}.hybrid`)],
      ["collection", stringLiteral(view.entity.table)],
      ["text", sqlText(text)],
      ["row", neighbourRow(view, method, module)],
    ]),
  );
  const filter =
    type === undefined
      ? []
      : vectorFilter(view, method).map((part) => {
          module.runtime("values", "orNull");
          return call("orNull", [partValue(view.entity, part, "filter", module)]);
        });
  return (limit) =>
    sessionCall("all", neighbourOf(method)?.name, [
      variable,
      arrayLiteral([
        "searchText.encode(options.text)",
        `vector(${view.dimensions}).encode(neighbour)`,
        ["`${", call("pageLimit", [stringLiteral(method.operation), limit]), "}`"],
        ...filter,
      ]),
      "options",
    ]);
}
