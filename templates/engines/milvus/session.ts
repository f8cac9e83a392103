import { callOp } from "../../runtime/call.ts";
import { programmingError } from "../../runtime/errors.ts";
import type { Neighbour } from "../../runtime/hybrid.ts";
import { pageLimit } from "../../runtime/keyset.ts";
import type { OpSpec } from "../../runtime/op.ts";
import type { ReadOptions } from "../../runtime/options.ts";
import type { ViewTarget } from "../../runtime/view.ts";
import { at, textsOf, vectorsOf } from "./columns.ts";
import { consistencyLevel, type MilvusConnection, neverBuilt } from "./connection.ts";
import { field, type VectorView, type ViewDefinition } from "./definition.ts";
import { isAbsent } from "./errors.ts";
import { type Condition, filterExpression } from "./expression.ts";
import { itemOf } from "./item.ts";
import { onLoaded } from "./loaded.ts";
import type { Reply } from "./service.ts";
import { viewTarget } from "./target.ts";
import { checkedVector, distances, scoreOf } from "./vector.ts";
import { placeholderGroup } from "./wire.ts";

/** One method of a view. */
export interface NearestDeclaration<T, J> extends OpSpec {
  readonly of: VectorView<T, J>;
}

export type NearestOptions = ReadOptions & { readonly limit?: number | undefined };

interface ScopedMethod {
  readonly of: { readonly definition: ViewDefinition };
  readonly operation: string;
}

const defaultLimit = 10;

/** Reads of one tenant, or of what belongs to none. */
export class MilvusSession {
  readonly #connection: MilvusConnection;
  readonly #tenant: string | undefined;

  constructor(connection: MilvusConnection, tenant?: string) {
    this.#connection = connection;
    this.#tenant = tenant;
  }

  /**
   * The rows whose vectors are nearest.
   *
   * @throws DataError programming for a vector of other dimensions, unavailable when the view was never built
   */
  nearest<T, J>(
    method: NearestDeclaration<T, J>,
    vector: Float32Array,
    conditions: readonly Condition[],
    options?: NearestOptions,
  ): Promise<readonly Neighbour<T>[]> {
    const { runtime, channel, fit } = this.#connection;
    return callOp(runtime, method, options, async (attempt) => {
      attempt.sent = false;
      const view = method.of;
      const limit = pageLimit(method.operation, options?.limit ?? defaultLimit);
      const expression = filterExpression(view.definition, conditions, this.#tenantOf(method));
      const asked = checkedVector(vector, view.definition);
      await fit.check(view.name, view.definition, attempt);
      const refused = (error: unknown): never => {
        fit.forget(view.definition);
        throw isAbsent(error) ? neverBuilt(view.name) : error;
      };
      const search = async (width: Width): Promise<readonly Neighbour<T>[]> => {
        const request = searchRequest(view.definition, asked, expression, limit, width);
        const reply = await onLoaded(channel, "Search", request, attempt).catch(refused);
        return neighboursOf(view, asked, reply);
      };
      const narrowed = conditions.length > 0 || this.#tenant !== undefined;
      const found = await search(narrowed ? "filtered" : "planned");
      return narrowed && found.length < limit && isApproximate(view.definition)
        ? search("widest")
        : found;
    });
  }

  /** The writing side of a view; over all tenants. */
  target<T, J>(view: VectorView<T, J>): ViewTarget<T> {
    return viewTarget(this.#connection, view);
  }

  #tenantOf({ of, operation }: ScopedMethod): string | undefined {
    if (!of.definition.tenant) return undefined;
    if (this.#tenant !== undefined) return this.#tenant;
    throw programmingError(`${operation}: belongs to a tenant; call it on forTenant(id)`);
  }
}

/** How far an approximate index is searched. */
type Width = "planned" | "filtered" | "widest";

const isApproximate = ({ index }: ViewDefinition): boolean => index.type !== "FLAT";

/** Largest `ef`. Source: Milvus docs, Index parameters. */
const largestEf = 32_768;

/** A filter leaves a part of the candidates: the walk goes this many times further. */
const widening = 4;

/**
 * `ef` may not be below the neighbours wanted. A filter may leave none of the candidates that an index walks through, although more rows fit:
 * then the search is repeated as wide as the index allows.
 */
function widthOf({ index }: ViewDefinition, limit: number, width: Width): object {
  const { ef, nprobe } = index.search;
  const factor = width === "filtered" ? widening : width === "widest" ? Infinity : 1;
  if (ef !== undefined) return { ef: Math.min(largestEf, Math.max(ef, limit) * factor) };
  const { nlist = 1 } = index.parameters;
  return nprobe === undefined ? {} : { nprobe: Math.min(nlist, nprobe * factor) };
}

function searchRequest(
  definition: ViewDefinition,
  vector: Float32Array,
  expression: string,
  limit: number,
  width: Width,
) {
  const { alias, metric, consistency } = definition;
  const parameters = {
    anns_field: field.vector,
    topk: limit,
    metric_type: metric,
    params: JSON.stringify(widthOf(definition, limit, width)),
    offset: 0,
    round_decimal: -1,
    ignore_growing: false,
  };
  return {
    collection_name: alias,
    dsl: expression,
    dsl_type: boolExpression,
    placeholder_group: placeholderGroup(vector),
    nq: 1,
    output_fields: [field.item, field.vector],
    search_params: Object.entries(parameters).map(([key, value]) => ({
      key,
      value: String(value),
    })),
    consistency_level: consistencyLevel[consistency],
  };
}

/** `DslType.BoolExprV1` */
const boolExpression = 1;

function neighboursOf<T, J>(
  view: VectorView<T, J>,
  asked: Float32Array,
  reply: Reply,
): readonly Neighbour<T>[] {
  const { metric, dimensions } = view.definition;
  const fields = at(reply["results"], "fields_data");
  const vectors = vectorsOf(fields, field.vector);
  const found = textsOf(fields, field.item).map((text, row) => {
    const vector = Float32Array.from(vectors.slice(row * dimensions, (row + 1) * dimensions));
    const distance = distances[metric](asked, vector);
    return { item: itemOf(view, text, vector), distance, score: scoreOf(metric, distance) };
  });
  // The server orders by single precision, or by its index's approximation of the distance.
  return found.toSorted((a, b) => a.distance - b.distance);
}
