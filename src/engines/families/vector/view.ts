import type { VectorMethod, VectorMetric, VectorWorkload } from "../../../spec/model.ts";
import { fileStem, memberTypeName, typeName, viewName, viewTypeName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, SearchViewIr, TypeIr, VectorViewIr } from "../../../ir/types.ts";
import { filtersBy } from "../../../spec/fusing.ts";
import { fieldMap, filterType } from "../filters.ts";
import { readsAgain } from "../record/describe.ts";
import type { ViewPlace } from "../search/view.ts";

type VectorMethodIr = VectorViewIr["methods"][number];
type VectorField = FieldIr & { readonly type: { readonly kind: "vector" } };

const isVector = (field: FieldIr | undefined): field is VectorField =>
  field?.type.kind === "vector";

/**
 * Nearest neighbours by one vector field; undefined when the field is none, which validation has refused before.
 * @param rows after growth, as selection counted them
 */
export function lowerVector(
  workload: VectorWorkload,
  { entity, store, sourceStore }: ViewPlace,
  searches: ReadonlyMap<string, SearchViewIr>,
  rows: number | undefined,
): VectorViewIr | undefined {
  const fields = fieldMap(entity.fields);
  const field = fields.get(workload.field);
  if (!isVector(field)) return undefined;
  return {
    port: "vector",
    workload: workload.name,
    ...(workload.comment === undefined ? {} : { comment: workload.comment }),
    property: viewName(workload.name),
    typeName: typeName(workload.name),
    file: fileStem(workload.name),
    store,
    sourceStore,
    entity,
    field,
    dimensions: field.type.dimensions,
    metric: field.type.metric,
    ...(rows === undefined ? {} : { rows }),
    ...(workload.sla.consistency === undefined ? {} : { consistency: workload.sla.consistency }),
    methods: workload.methods.map((method) =>
      lowerMethod(workload, method, { entity, store }, field, searches),
    ),
  };
}

function lowerMethod(
  workload: VectorWorkload,
  method: VectorMethod,
  { entity, store }: Pick<ViewPlace, "entity" | "store">,
  field: VectorField,
  searches: ReadonlyMap<string, SearchViewIr>,
): VectorMethodIr {
  const named = (suffix: string): string => viewTypeName(workload.name, method.name, suffix);
  const hybrid = method.hybridWith === undefined ? undefined : searches.get(method.hybridWith);
  const filter = filterType(named("Filter"), [], method.filter, fieldMap(entity.fields));
  const neighbour = neighbourType(
    memberTypeName(workload.name, "neighbour"),
    entity,
    field.type.metric,
  );
  const options = optionsType(named("Options"), hybrid);
  return {
    method,
    operation: `${viewName(workload.name)}.${method.name}`,
    signature: {
      name: method.name,
      parameters: [
        { name: "vector", type: "Float32Array", optional: false },
        ...(filter === undefined ? [] : [{ name: "filter", type: filter.name, optional: false }]),
        { name: "options", type: options.name, optional: true },
      ],
      returns: `readonly ${neighbour.name}[]`,
      doc: doc(workload, method, entity, field),
    },
    types: [filter, neighbour, options].filter((type) => type !== undefined),
    ...(hybrid === undefined ? {} : textSide(hybrid, method, store)),
  };
}

/** One store fuses by itself; over two, the text is searched with the same filter. */
function textSide(
  view: SearchViewIr,
  { filter }: VectorMethod,
  store: string,
): Pick<VectorMethodIr, "hybrid" | "fused"> {
  if (view.store === store) return { hybrid: view };
  const method = view.methods.find((candidate) => filtersBy(candidate.method, filter));
  return method === undefined ? {} : { fused: { view, method } };
}

const distances: Readonly<Record<VectorMetric, string>> = {
  cosine: "Cosine distance: 0 is the same direction, 2 the opposite.",
  l2: "Euclidean distance.",
  ip: "Negative inner product: lower is nearer.",
};

function neighbourType(name: string, entity: EntityIr, metric: VectorMetric): TypeIr {
  return {
    name,
    properties: [
      { name: "item", type: entity.name, optional: false },
      { name: "distance", type: "number", optional: false, comment: distances[metric] },
      {
        name: "score",
        type: "number",
        optional: false,
        comment: "Higher is better; in a hybrid search, vector and text together.",
      },
    ],
  };
}

function optionsType(name: string, hybrid: SearchViewIr | undefined): TypeIr {
  const limit = {
    name: "limit",
    type: "number",
    optional: true,
    comment: "Neighbours wanted: 10 by default, at most 1,000.",
  };
  const text = {
    name: "text",
    type: "string",
    optional: true,
    comment: `Fuses the rank of the text search ${hybrid?.property ?? ""} with the vector's.`,
  };
  return {
    name,
    extends: "ReadOptions",
    properties: hybrid === undefined ? [limit] : [limit, text],
  };
}

function doc(
  workload: VectorWorkload,
  method: VectorMethod,
  entity: EntityIr,
  field: VectorField,
): readonly string[] {
  const own = method.comment === undefined ? [] : method.comment.split(/\r?\n/);
  return [
    ...own,
    `The ${entity.name} rows whose ${field.name} is nearest to a vector of ${field.type.dimensions} dimensions, nearest first. ${readsAgain}`,
    "@throws DataError programming when the vector has other dimensions.",
    `Serves: ${workload.name}.${method.name}.`,
  ];
}
