import { inThousands } from "../../../ir/digits.ts";
import { indexName } from "../../../ir/names.ts";
import type { EntityIr, StoreIr, VectorViewIr } from "../../../ir/types.ts";
import type { VectorMetric } from "../../../spec/model.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier, qualified } from "../sql/quote.ts";

/** How a vector column is searched: exactly, or through an approximate index on the vector or on its half precision. */
export interface VectorPlan {
  readonly method: "exact" | "hnsw" | "ivfflat";
  /** What the index holds: half precision where the full one has too many dimensions for it. */
  readonly stored: "vector" | "halfvec";
  /** Index parameters as `with (…)` takes them. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Settings of a search, bound for its transaction. */
  readonly settings: Readonly<Record<string, string>>;
  readonly reason: string;
}

const metrics = {
  cosine: { operator: "<=>", classes: "cosine_ops" },
  l2: { operator: "<->", classes: "l2_ops" },
  ip: { operator: "<#>", classes: "ip_ops" },
} as const satisfies Record<VectorMetric, { readonly operator: string; readonly classes: string }>;

/** PV-01: dimensions that HNSW and IVFFlat can index. */
const indexable = { vector: 2000, halfvec: 4000 } as const;
/** PV-03: an exact scan has recall 1.0; 10,000 rows of 1,536 dimensions are 60 MB, read in some ten milliseconds. */
const exactRows = 10_000;
/** PV-08, PV-09: beyond this size the graph leaves the memory of most servers, and building it takes hours. */
const hnswBytes = 64 * 2 ** 30;

/** Method, parameters and search settings for a number of rows; without one, as for a few thousand. */
export function vectorPlan(view: VectorViewIr): VectorPlan {
  const { rows = 0, dimensions } = view;
  if (dimensions > indexable.halfvec) {
    return exact(
      `${dimensions} dimensions are more than an index takes (${indexable.halfvec} as halfvec)`,
    );
  }
  if (rows < exactRows)
    return exact(`up to ${inThousands(exactRows)} rows an exact scan is fast and misses nothing`);
  const stored = dimensions > indexable.vector ? "halfvec" : "vector";
  return hnswSize(rows, dimensions, stored) > hnswBytes
    ? ivfflat(rows, stored)
    : hnsw(rows, stored);
}

const exact = (reason: string): VectorPlan => ({
  method: "exact",
  stored: "vector",
  parameters: {},
  settings: {},
  reason,
});

/** PV-04: m 16 and ef_construction 64 are the defaults; above a million rows a wider graph keeps the recall. */
function hnsw(rows: number, stored: VectorPlan["stored"]): VectorPlan {
  const large = rows > 1_000_000;
  return {
    method: "hnsw",
    stored,
    parameters: large ? { m: 24, ef_construction: 128 } : { m: 16, ef_construction: 64 },
    settings: { "hnsw.iterative_scan": "strict_order", "hnsw.ef_search": large ? "200" : "100" },
    reason: `HNSW: better speed for its recall than IVFFlat, and no training; sized for ${inThousands(rows)} rows${halfNote(stored)}`,
  };
}

/** PV-05: lists = rows / 1000 up to a million rows, their square root above; probes = the square root of lists. */
function ivfflat(rows: number, stored: VectorPlan["stored"]): VectorPlan {
  const lists = Math.min(32_768, Math.round(rows > 1_000_000 ? Math.sqrt(rows) : rows / 1000));
  return {
    method: "ivfflat",
    stored,
    parameters: { lists },
    settings: {
      "ivfflat.iterative_scan": "relaxed_order",
      "ivfflat.probes": String(Math.ceil(Math.sqrt(lists))),
    },
    reason:
      `IVFFlat: an HNSW graph of ${inThousands(rows)} rows would not fit in memory${halfNote(stored)}. ` +
      "Its lists come from the rows that are there when it is built: reindex once the data is loaded",
  };
}

const halfNote = (stored: VectorPlan["stored"]): string =>
  stored === "halfvec"
    ? `; half precision, since an index on vector takes ${indexable.vector} dimensions`
    : "";

/** PV-09: an 8 KB page holds a whole number of elements. */
function hnswSize(rows: number, dimensions: number, stored: VectorPlan["stored"]): number {
  const element = 72 + (stored === "vector" ? 4 : 2) * dimensions + 8 + 200;
  return (rows / Math.max(1, Math.floor(8156 / element))) * 8192;
}

/** The distance of a row's vector to a parameter, written exactly as the index has it. */
export function distanceExpression(view: VectorViewIr, alias: string, parameter: string): string {
  const column = qualified(alias, view.field.column);
  const { operator } = metrics[view.metric];
  const { stored } = vectorPlan(view);
  const type = stored === "halfvec" ? `halfvec(${view.dimensions})` : "vector";
  return stored === "halfvec"
    ? `(${column}::${type}) ${operator} ${parameter}::${type}`
    : `${column} ${operator} ${parameter}::${type}`;
}

/** Vector views that this store serves on its own rows of an entity. */
export const vectorViewsOf = (entity: EntityIr, store: StoreIr): readonly VectorViewIr[] =>
  store.views.filter(
    (view): view is VectorViewIr =>
      view.port === "vector" && view.entity.name === entity.name && view.sourceStore === store.name,
  );

/** One index per column and plan: two views of one column share it. */
export function vectorIndexes(entity: EntityIr, store: StoreIr): readonly IndexShape[] {
  const made = new Map<string, IndexShape>();
  for (const view of vectorViewsOf(entity, store)) {
    const plan = vectorPlan(view);
    const name = indexName(entity.table, [view.field.column, plan.method]);
    if (plan.method !== "exact" && !made.has(name)) made.set(name, vectorIndex(view, plan, name));
  }
  return [...made.values()];
}

function vectorIndex(view: VectorViewIr, plan: VectorPlan, name: string): IndexShape {
  const column = identifier(view.field.column);
  const term = plan.stored === "halfvec" ? `(${column}::halfvec(${view.dimensions}))` : column;
  const parameters = Object.entries(plan.parameters).map(([key, value]) => `${key} = ${value}`);
  return {
    name,
    unique: false,
    body:
      `using ${plan.method} ` +
      `(${plan.stored === "halfvec" ? `(${term})` : term} ${plan.stored}_${metrics[view.metric].classes}) with (${parameters.join(", ")})`,
    comment: `Serves ${view.workload}. ${plan.reason}.`,
  };
}

/** Whether any column of the store needs the extension. */
export const usesVectors = (store: StoreIr): boolean =>
  store.entities.some((entity) => entity.fields.some((field) => field.type.kind === "vector"));
