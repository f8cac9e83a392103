import { repositoriesOf } from "../../../ir/repositories-of.ts";
import type { EntityIr, FieldIr, StoreIr } from "../../../ir/types.ts";
import type { Predicate } from "../../../spec/model.ts";

/** A field that is asked for one of its elements, and by whom. */
export interface ArrayFilter {
  readonly field: FieldIr;
  readonly reason: string;
}

/** The array fields of an entity that some method or view filters by an element of, each once. */
export function arrayFilters(entity: EntityIr, store: StoreIr): readonly ArrayFilter[] {
  const made = new Map<string, ArrayFilter>();
  for (const { reason, predicates } of filtersOf(entity, store)) {
    for (const field of arrayFields(entity, predicates)) {
      if (!made.has(field.name)) made.set(field.name, { field, reason });
    }
  }
  return [...made.values()];
}

interface Filter {
  readonly reason: string;
  readonly predicates: readonly Predicate[];
}

function filtersOf(entity: EntityIr, store: StoreIr): readonly Filter[] {
  const methods = repositoriesOf(entity, store).flatMap((repository) => repository.methods);
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
