import type { RecordMethodIr } from "../../ir/types.ts";
import type { FilterPart } from "../../../templates/runtime/filtered.ts";
import { stringLiteral } from "../../render/encode.ts";
import { type Doc, print } from "../../render/document.ts";
import { entry, type ImportSet, objectLiteral, openObject } from "../../render/layout.ts";
import type { Predicate } from "../../spec/model.ts";

/** A method's name, and what its filter may name: `{ where: { status: "optional" } }`. */
export type MethodFilter = readonly [method: string, parts: Doc];

/** What the filters of a record port may name. */
export const recordFilters = (methods: readonly RecordMethodIr[]): readonly MethodFilter[] =>
  methods.flatMap(({ method, signature }) =>
    method.op === "list" || method.op === "aggregate"
      ? filterOf(signature.name, "where", method.where, method.optional)
      : [],
  );

interface ViewMethod {
  readonly method: { readonly filter: readonly Predicate[] };
  readonly signature: { readonly name: string };
}

/** What the filters of a view may name: nothing is required there. */
export const viewFilters = (methods: readonly ViewMethod[]): readonly MethodFilter[] =>
  methods.flatMap(({ method, signature }) => filterOf(signature.name, "filter", [], method.filter));

function filterOf(
  name: string,
  parameter: "where" | "filter",
  required: readonly Predicate[],
  optional: readonly Predicate[],
): readonly MethodFilter[] {
  const parts = [
    ...required.map((one) => partOf(one, "required")),
    ...optional.map((one) => partOf(one, "optional")),
  ];
  return parts.length === 0 ? [] : [[name, objectLiteral([[parameter, objectLiteral(parts)]])]];
}

function partOf(
  { field, operator }: Predicate,
  need: "required" | "optional",
): readonly [string, Doc] {
  const part: FilterPart = operator === "range" ? `${need} range` : need;
  return [field, stringLiteral(part)];
}

/** What guards the methods of an adapter. */
export interface Guard {
  /** Before the factory: what filters may name. */
  readonly declarations: readonly string[];
  /** Up to the methods: `filtered<OrderRepository>("orders", filters`. */
  readonly call: string;
}

/** @param imports takes what the guard needs */
export function guardOf(
  adapter: { readonly factory: string; readonly typeName: string; readonly collection: string },
  filters: readonly MethodFilter[],
  imports: ImportSet,
): Guard {
  const { factory, typeName, collection } = adapter;
  const of = stringLiteral(collection);
  if (filters.length === 0) {
    imports.value("../../runtime/guarded.ts", "guarded");
    return { declarations: [], call: `guarded<${typeName}>(${of}` };
  }
  imports.value(runtimeModule, "filtered").type(runtimeModule, "PortFilters");
  const name = factory === "filters" ? "filterParts" : "filters";
  const object = openObject(filters.map(([method, parts]) => entry(method, parts)));
  return {
    declarations: [
      `/** What a filter may name, whoever gives it. */\n${print([`const ${name}: PortFilters<${typeName}> = `, object, ";"])}`,
    ],
    call: `filtered<${typeName}>(${of}, ${name}`,
  };
}

const runtimeModule = "../../runtime/filtered.ts";
