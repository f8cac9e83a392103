import type { Attempt } from "../../runtime/call.ts";
import { isDataError, programmingError } from "../../runtime/errors.ts";
import { notBuilt, otherVersion } from "../../runtime/view-built.ts";
import type { MilvusChannel } from "./channel.ts";
import { at, dataType, textsOf, typeOf } from "./columns.ts";
import { consistencyLevel, neverBuilt } from "./connection.ts";
import {
  type ColumnDefinition,
  field,
  type VectorView,
  type ViewDefinition,
} from "./definition.ts";
import { isAbsent } from "./errors.ts";
import { type Json, lackingIn } from "./item.ts";
import { onLoaded } from "./loaded.ts";

/** Milliseconds for which what was found is believed: another deployment may move the alias. */
const believedMs = 30_000;

/** What tells whether a view fits. */
type Watched = Pick<VectorView<unknown, unknown>, "name" | "definition" | "shape">;

/**
 * Whether the collections that answer are such as this code reads and writes; asked of the server at the first read or write of a view, by
 * the health check, and seldom after.
 */
export class CollectionFit {
  readonly #channel: MilvusChannel;
  /** Until when the collection behind an alias counts as fitting. */
  readonly #believed = new Map<string, number>();
  /** The views of the store by alias. */
  readonly #views = new Map<string, Watched>();

  constructor(channel: MilvusChannel) {
    this.#channel = channel;
  }

  /** @throws DataError unavailable when the view was never built, programming when its collection is of another kind */
  async check(view: string, definition: ViewDefinition, attempt: Attempt): Promise<void> {
    const { alias } = definition;
    const until = this.#believed.get(alias);
    const now = performance.now();
    if (until !== undefined && now < until) return;
    // One asks again, the others go on meanwhile.
    if (until !== undefined) this.#believed.set(alias, now + believedMs);
    try {
      const differing = await this.#differing(definition, attempt);
      if (differing !== undefined) throw unfit(view, differing);
      this.#believed.set(alias, now + believedMs);
    } catch (error) {
      this.#believed.delete(alias);
      throw isAbsent(error) ? neverBuilt(view) : error;
    }
  }

  /** A view of the store: its collection belongs to the store's health. */
  watch({ name, definition, shape }: Watched): void {
    this.#views.set(definition.alias, { name, definition, shape });
  }

  /** What is wrong with the collections that answer; or that there are none; undefined where nothing is. */
  async misfit(attempt: Attempt): Promise<string | undefined> {
    for (const view of this.#views.values()) {
      try {
        await this.check(view.name, view.definition, attempt);
        await this.#checkItem(view, attempt);
      } catch (error) {
        if (!isDataError(error)) throw error;
        if (error.kind === "programming") return error.message;
        if (error.kind === "unavailable") return `${error.message}; ${String(error.hint)}`;
      }
    }
    return undefined;
  }

  /** The next read asks the server again. */
  forget({ alias }: ViewDefinition): void {
    this.#believed.delete(alias);
  }

  /** All items of a collection were made by the same code, until a writer replaces them: one tells of all. @throws DataError unavailable */
  async #checkItem({ name, definition, shape }: Watched, attempt: Attempt): Promise<void> {
    const anyItem = {
      collection_name: definition.alias,
      expr: `${field.deleted} == false`,
      output_fields: [field.item],
      query_params: [{ key: "limit", value: "1" }],
      consistency_level: consistencyLevel.Bounded,
    };
    const reply = await onLoaded(this.#channel, "Query", anyItem, attempt);
    const [text] = textsOf(reply["fields_data"], field.item);
    const lacking = text === undefined ? undefined : lackingIn(shape, JSON.parse(text) as Json);
    if (lacking !== undefined) throw notBuilt(name, otherVersion(lacking));
  }

  async #differing(definition: ViewDefinition, attempt: Attempt): Promise<string | undefined> {
    const { alias, metric } = definition;
    const ask = (method: string, more: object = {}) =>
      this.#channel.call(method, { collection_name: alias, ...more }, attempt);
    const { schema } = await ask("DescribeCollection");
    const fields = namedOf(at(schema, "fields"), "name");
    const differing = inFields(definition, fields);
    if (differing !== undefined) return differing;
    const indexes = await ask("DescribeIndex", { index_name: field.vector });
    const index = namedOf(indexes["index_descriptions"], "field_name").get(field.vector);
    const found = parameterOf(at(index, "params"), "metric_type");
    return found === metric ? undefined : `it compares by ${found}, and this code by ${metric}`;
  }
}

function inFields(
  { dimensions, tenant, columns }: ViewDefinition,
  fields: ReadonlyMap<string, unknown>,
): string | undefined {
  const vector = fields.get(field.vector);
  if (Number(at(vector, "data_type")) !== dataType.floatVector)
    return "it has no vectors of floats";
  const found = parameterOf(at(vector, "type_params"), "dim");
  if (found !== String(dimensions))
    return `its vectors have ${found} dimensions, and those of this code ${dimensions}`;
  if (fields.has(field.tenant) !== tenant)
    return tenant ? "its rows belong to no tenant" : "its rows belong to tenants";
  const other = columns.find((column) => !isColumn(column, fields.get(column.name)));
  return other && `it has no field ${other.name} of this code's type`;
}

function isColumn(column: ColumnDefinition, found: unknown): boolean {
  const type = typeOf(column);
  return column.list === true
    ? at(found, "data_type") === dataType.array && at(found, "element_type") === type
    : at(found, "data_type") === type;
}

function namedOf(list: unknown, name: string): ReadonlyMap<string, unknown> {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(entries.map((one) => [String(at(one, name)), one]));
}

function parameterOf(pairs: unknown, name: string): string {
  return String(at(namedOf(pairs, "key").get(name), "value"));
}

const unfit = (view: string, differing: string) =>
  programmingError(`the collection of ${view} does not fit this code: ${differing}`, {
    hint: `npm run db -- views rebuild ${view}; and deploy the code of the same spec`,
  });
