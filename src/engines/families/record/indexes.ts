import type { Entity, Method, OrderTerm } from "../../../spec/model.ts";
import { distinguished, indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, IndexIr } from "../../../ir/types.ts";

type FieldTerm = { readonly field: FieldIr; readonly direction: "asc" | "desc" };
type Fields = ReadonlyMap<string, FieldIr>;

/** The indexes the user asked for, in their order, with a name each. */
export function userIndexes(entity: Entity, table: string, fields: Fields): readonly IndexIr[] {
  const taken = new Set<string>();
  return entity.indexes.map((index) => {
    const terms = index.terms.flatMap((term): IndexIr["terms"] =>
      "expression" in term ? [term] : fieldTerms([term], fields),
    );
    const optional = {
      ...(index.method === undefined ? {} : { method: index.method }),
      ...(index.where === undefined ? {} : { where: index.where }),
    };
    const made = indexName(
      table,
      terms.map((term) => ("expression" in term ? "expr" : term.field.column)),
    );
    const definition = JSON.stringify([index.terms, index.method, index.unique, index.where]);
    const name = index.name ?? (taken.has(made) ? distinguished(made, definition) : made);
    taken.add(name);
    const reason = index.comment ?? "asked for in the spec";
    return { name, terms, unique: index.unique, reason, ...optional };
  });
}

export interface IndexRequest {
  readonly table: string;
  readonly key: readonly FieldIr[];
  readonly fields: Fields;
  readonly unique: EntityIr["unique"];
  readonly users: readonly IndexIr[];
  readonly methods: readonly Method[];
  /** Whether the rows of an entity belong to tenants. */
  readonly isScoped: (entity: string) => boolean;
}

interface Wanted {
  readonly terms: readonly FieldTerm[];
  readonly reason: string;
  /** What an index of the user's own must begin with to serve it as well: the order within is that of the key alone. */
  readonly enough?: readonly FieldTerm[];
}

/**
 * The indexes that the access patterns and the references need beyond what the key, the unique constraints and the user's indexes
 * already serve. One whose terms are the beginning of another's is left out, its reason joined to the other's.
 */
export function derivedIndexes(request: IndexRequest): readonly IndexIr[] {
  const wanted = [...patternIndexes(request), ...referenceIndexes(request)];
  const kept: Wanted[] = [];
  // The longest first: what begins another is then found covered; the sort is stable, so the spec's order decides among equals.
  for (const candidate of wanted.toSorted((a, b) => b.terms.length - a.terms.length)) {
    if (candidate.terms.length === 0 || coveredBefore(candidate, request)) continue;
    const cover = kept.findIndex((other) => begins(candidate.terms, other.terms));
    const other = kept[cover];
    if (other === undefined) kept.push(candidate);
    else kept[cover] = { terms: other.terms, reason: `${other.reason}; ${candidate.reason}` };
  }
  const order = new Map(wanted.map((one, at) => [one.terms, at]));
  const names = new Set(request.users.map((index) => index.name));
  return kept
    .toSorted((a, b) => (order.get(a.terms) ?? 0) - (order.get(b.terms) ?? 0))
    .map(({ terms, reason }) => {
      const made = indexName(
        request.table,
        terms.map((term) => term.field.column),
      );
      const name = names.has(made) ? distinguished(made, shape(terms)) : made;
      names.add(name);
      return { name, terms, unique: false, reason };
    });
}

/** Tenant, then what equals, then what orders: one index seeks to the page and reads it in order. */
function patternIndexes({ fields, methods }: IndexRequest): readonly Wanted[] {
  const tenant = [...fields.values()].filter((field) => field.source.role === "tenant");
  return methods.flatMap((method) => {
    if (method.op !== "list" && method.op !== "aggregate") return [];
    const equal = fieldsOf(
      method.where.filter((one) => one.operator === "eq"),
      fields,
    );
    const ranged = fieldsOf(
      method.where.filter((one) => one.operator === "range"),
      fields,
    );
    const leading = [...tenant, ...equal]
      .filter((field) => field.type.kind !== "array")
      .map(ascending);
    const following =
      method.op === "list" ? fieldTerms(method.orderBy, fields) : ranged.slice(0, 1).map(ascending);
    const terms = distinct([...leading, ...following]).filter((term) => orderable(term.field));
    const reason = patternReason(method, tenant, equal, ranged);
    const byKey =
      method.op === "list" && method.orderBy.every(({ field }) => fields.get(field)?.key === true);
    return [{ terms, reason, ...(byKey && leading.length > 0 && { enough: leading }) }];
  });
}

function patternReason(
  method: Method,
  tenant: readonly FieldIr[],
  equal: readonly FieldIr[],
  ranged: readonly FieldIr[],
): string {
  const found = [...tenant, ...equal].map((field) => field.name).join(", ");
  const by = found === "" ? "" : ` finds by ${found}`;
  const within =
    ranged.length === 0 ? "" : ` within a range of ${ranged.map((field) => field.name).join(", ")}`;
  const order =
    method.op === "list"
      ? ` reads in the order ${method.orderBy.map((term) => (term.direction === "desc" ? `-${term.field}` : term.field)).join(", ")}`
      : "";
  return [
    `${method.name}:`,
    [by, within, order]
      .filter((part) => part !== "")
      .map((part) => part.trim())
      .join(", "),
  ].join(" ");
}

/** A row that is referred to is found by its referrers when it is deleted or its key changes; within a tenant, among the rows of that. */
function referenceIndexes({ fields, isScoped }: IndexRequest): readonly Wanted[] {
  const tenant = [...fields.values()].filter((field) => field.source.role === "tenant");
  return [...fields.values()].flatMap((field) => {
    const { reference, role } = field.source;
    if (reference === undefined || role === "ownerKey") return [];
    const within = role !== "tenant" && isScoped(reference.entity) ? tenant : [];
    return [
      {
        terms: [field, ...within].map(ascending),
        reason: `reference to ${reference.entity}: checked when one is deleted`,
      },
    ];
  });
}

function coveredBefore(candidate: Wanted, { key, unique, users }: IndexRequest): boolean {
  const covers: readonly (readonly FieldTerm[])[] = [
    key.map(ascending),
    ...unique.map((one) => one.fields.map(ascending)),
    ...users
      .filter((index) => index.where === undefined && (index.method ?? "btree") === "btree")
      .map((index) => leadingFields(index.terms)),
  ];
  const { terms, enough } = candidate;
  return covers.some(
    (cover) =>
      begins(terms, cover) ||
      (enough !== undefined && cover.length === enough.length && begins(enough, cover)),
  );
}

function leadingFields(terms: IndexIr["terms"]): readonly FieldTerm[] {
  const expression = terms.findIndex((term) => "expression" in term);
  const leading = expression < 0 ? terms : terms.slice(0, expression);
  return leading.flatMap((term) => ("field" in term ? [term] : []));
}

/** Whether `short` is the beginning of `long`, read forwards or backwards as a whole. */
function begins(short: readonly FieldTerm[], long: readonly FieldTerm[]): boolean {
  if (short.length > long.length) return false;
  const same = short.every((term, at) => term.field === long[at]?.field);
  const turned = short.filter((term, at) => term.direction !== long[at]?.direction).length;
  return same && (turned === 0 || turned === short.length);
}

const ascending = (field: FieldIr): FieldTerm => ({ field, direction: "asc" });
const shape = (terms: readonly FieldTerm[]): string =>
  terms.map((term) => `${term.field.column} ${term.direction}`).join();

function fieldsOf(
  predicates: readonly { readonly field: string }[],
  fields: Fields,
): readonly FieldIr[] {
  return predicates.flatMap((predicate) => fields.get(predicate.field) ?? []);
}

function fieldTerms(terms: readonly OrderTerm[], fields: Fields): readonly FieldTerm[] {
  return terms.flatMap(({ field: name, direction }) => {
    const field = fields.get(name);
    return field === undefined ? [] : [{ field, direction }];
  });
}

function distinct(terms: readonly FieldTerm[]): readonly FieldTerm[] {
  const seen = new Set<FieldIr>();
  return terms.filter((term) => !seen.has(term.field) && seen.add(term.field));
}

/** Types that an ordered index can hold. */
const orderable = (field: FieldIr): boolean =>
  !["json", "vector", "array"].includes(field.type.kind);
