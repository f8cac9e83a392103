import type { Ir, StoreIr, VectorViewIr } from "../../ir/types.ts";
import type { Doc } from "../../render/document.ts";
import { stringLiteral } from "../../render/encode.ts";
import { call, entry, openObject } from "../../render/layout.ts";
import type { FileRequest } from "../engine.ts";
import { access } from "../families/sql/source.ts";
import {
  adapterFile,
  declaredMethod,
  filtersArgument,
  method as arrow,
  type MethodParts,
  operationEntries,
  parameterName,
  searchedEntry,
  ViewModule,
} from "./adapter.ts";
import { vectorPlan } from "./vector-plan.ts";

type VectorMethodIr = VectorViewIr["methods"][number];

/** The adapter of a vector view. */
export function vectorFile(view: VectorViewIr, store: StoreIr, ir: Ir): FileRequest {
  const module = new ViewModule(view, ir);
  module.runtime("declaration", "nearestOf");
  return adapterFile(
    module,
    store,
    view.methods.map((method) => methodParts(view, method, module)),
  );
}

function methodParts(view: VectorViewIr, method: VectorMethodIr, module: ViewModule): MethodParts {
  const { name, parameters } = method.signature;
  const names = parameters.map((parameter) => parameterName(parameter.name));
  const [vector = "vector", filter = "filter"] = names;
  const read = call("session.nearest", [
    declaredMethod(name),
    vector,
    filtersArgument(module, method.method.filter, filter),
    "options",
  ]);
  return { name, declaration: declarationOf(view, method, module), body: arrow(names, read) };
}

function declarationOf(view: VectorViewIr, method: VectorMethodIr, module: ViewModule): Doc {
  const { hybrid } = method;
  const searched =
    hybrid === undefined ? undefined : searchedEntry(view, hybrid.methods[0]?.method.text);
  return [
    "nearestOf(",
    openObject([
      ...operationEntries(module, method.operation),
      entry("field", stringLiteral(view.field.name)),
      entry("vectorOf", `(item) => item${access(view.field.name)}`),
      entry("dimensions", String(view.dimensions)),
      entry("metric", stringLiteral(view.metric)),
      entry("exact", String(vectorPlan(view).exact)),
      ...(searched === undefined ? [] : [searched]),
    ]),
    ")",
  ];
}
