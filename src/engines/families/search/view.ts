import type { SearchMethod, SearchWorkload } from "../../../spec/model.ts";
import { fileStem, typeName, viewName, viewTypeName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, ParameterIr, SearchViewIr, TypeIr } from "../../../ir/types.ts";
import { fieldMap, filterType } from "../filters.ts";
import { elementType } from "../../../ir/field.ts";
import { readsAgain } from "../record/describe.ts";

/** Where a view is served from, and whose copy it is. */
export interface ViewPlace {
  readonly entity: EntityIr;
  readonly store: string;
  readonly sourceStore: string;
}

/** Ranked text search over one entity. */
export function lowerSearch(
  workload: SearchWorkload,
  { entity, store, sourceStore }: ViewPlace,
  rows: number | undefined,
): SearchViewIr {
  const fields = fieldMap(entity.fields);
  return {
    port: "search",
    workload: workload.name,
    ...(workload.comment === undefined ? {} : { comment: workload.comment }),
    property: viewName(workload.name),
    typeName: typeName(workload.name),
    file: fileStem(workload.name),
    store,
    sourceStore,
    entity,
    language: workload.language,
    ...(rows === undefined ? {} : { rows }),
    ...(workload.requires.includes("typo-tolerance") ? { typoTolerant: true } : {}),
    fields: workload.fields.flatMap(({ field: name, weight, facet }) => {
      const field = fields.get(name);
      return field === undefined ? [] : [{ field, weight, facet }];
    }),
    methods: workload.methods.map((method) => lowerMethod(workload, method, entity, fields)),
  };
}

function lowerMethod(
  workload: SearchWorkload,
  method: SearchMethod,
  entity: EntityIr,
  fields: ReadonlyMap<string, FieldIr>,
): SearchViewIr["methods"][number] {
  const named = (suffix: string): string => viewTypeName(workload.name, method.name, suffix);
  const filter = filterType(named("Filter"), [], method.filter, fields);
  const hit = hitType(named("Hit"), method, entity);
  const result =
    method.facets.length === 0 ? undefined : resultType(named("Result"), hit.name, method, fields);
  const items = method.page === "keyset" ? `Page<${hit.name}>` : `readonly ${hit.name}[]`;
  return {
    method,
    operation: `${viewName(workload.name)}.${method.name}`,
    signature: {
      name: method.name,
      parameters: parameters(filter, method.page === "keyset"),
      returns: result?.name ?? items,
      doc: doc(workload, method, entity),
    },
    types: [filter, hit, result].filter((type) => type !== undefined),
  };
}

function parameters(filter: TypeIr | undefined, paged: boolean): readonly ParameterIr[] {
  return [
    { name: "query", type: "string", optional: false },
    ...(filter === undefined ? [] : [{ name: "filter", type: filter.name, optional: false }]),
    ...(paged ? [{ name: "page", type: "PageRequest", optional: false }] : []),
    { name: "options", type: "ReadOptions", optional: true },
  ];
}

function hitType(name: string, method: SearchMethod, entity: EntityIr): TypeIr {
  const marks = method.text.map((field) => `readonly ${field}?: string`).join("; ");
  const highlights = {
    name: "highlights",
    type: `{ ${marks} }`,
    optional: false,
    comment:
      "Fragments of the row's own text as HTML: the found words between <mark> and </mark>, and of the text the characters & < > \" ' escaped.",
  };
  return {
    name,
    properties: [
      { name: "item", type: entity.name, optional: false },
      {
        name: "score",
        type: "number",
        optional: false,
        comment: "Higher is better; comparable within one answer only.",
      },
      ...(method.highlight ? [highlights] : []),
    ],
  };
}

function resultType(
  name: string,
  hit: string,
  method: SearchMethod,
  fields: ReadonlyMap<string, FieldIr>,
): TypeIr {
  const counts = method.facets.map((facet) => {
    const field = fields.get(facet);
    const value = field === undefined ? "string" : elementType(field);
    return `readonly ${facet}: readonly { readonly value: ${value}; readonly count: number }[]`;
  });
  const facets = {
    name: "facets",
    type: `{ ${counts.join("; ")} }`,
    optional: false,
    comment:
      "Hits per value over the whole answer: the 100 values with most hits, most frequent first. Counted anew for each page.",
  };
  const paged = { name, extends: `Page<${hit}>`, properties: [facets] };
  return method.page === "keyset"
    ? paged
    : { name, properties: [{ name: "items", type: `readonly ${hit}[]`, optional: false }, facets] };
}

function doc(workload: SearchWorkload, method: SearchMethod, entity: EntityIr): readonly string[] {
  const own = method.comment === undefined ? [] : method.comment.split(/\r?\n/);
  const inFields = method.text.join(", ");
  return [
    ...own,
    `Searches ${inFields} of ${entity.name}, best match first. ${readsAgain}`,
    `Serves: ${workload.name}.${method.name}.`,
  ];
}
