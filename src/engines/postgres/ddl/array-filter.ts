import { indexName } from "../../../ir/names.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import type { Predicate } from "../../../spec/model.ts";
import type { IndexShape } from "../schema/shape.ts";
import { identifier } from "../sql/quote.ts";

/** GIN indexes for filters by an element of an array: an ordered index cannot find those. */
export function arrayFilterIndexes(entity: EntityIr, store: StoreIr): readonly IndexShape[] {
  const made = new Map<string, IndexShape>();
  for (const { reason, predicates } of filtersOf(entity, store)) {
    for (const field of arrayFields(entity, predicates)) {
      const name = indexName(entity.table, [field.column]);
      if (isIndexed(entity, field) || made.has(name)) continue;
      made.set(name, {
        name,
        unique: false,
        body: `using gin (${identifier(field.column)})`,
        comment: `${reason}: finds by an element of ${field.name}`,
      });
    }
  }
  return [...made.values()];
}

interface Filter {
  readonly reason: string;
  readonly predicates: readonly Predicate[];
}

function filtersOf(entity: EntityIr, store: StoreIr): readonly Filter[] {
  const methods = store.repositories.flatMap((repository) =>
    repository.entity === entity ? repository.methods : [],
  );
  const lists = methods.flatMap(({ method }): readonly Filter[] =>
    method.op === "list" || method.op === "aggregate"
      ? [{ reason: method.name, predicates: [...method.where, ...method.optional] }]
      : [],
  );
  const views = store.views.flatMap((view): readonly Filter[] =>
    view.port === "cache" || view.entity !== entity
      ? []
      : view.methods.map(({ method }) => ({
          reason: `${view.workload}.${method.name}`,
          predicates: method.filter,
        })),
  );
  return [...lists, ...views];
}

const arrayFields = (entity: EntityIr, predicates: readonly Predicate[]): readonly FieldIr[] =>
  predicates.flatMap(({ field: name, operator }) =>
    operator === "eq"
      ? entity.fields.filter((field) => field.name === name && field.type.kind === "array")
      : [],
  );

const isIndexed = (entity: EntityIr, field: FieldIr): boolean =>
  entity.indexes.some((index) => {
    const first = index.terms[0];
    return (
      index.method === "gin" && first !== undefined && "field" in first && first.field === field
    );
  });
