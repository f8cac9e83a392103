import { fitted } from "../../../ir/names.ts";
import { repositoriesOf } from "../../../ir/repositories-of.ts";
import { snakeCase } from "../../../ir/words.ts";
import type { EntityIr, FieldIr, Method, StoreIr } from "../../../ir/types.ts";
import type { DomainShape } from "../schema/shape.ts";
import { parameterType } from "../types.ts";

type Increment = Extract<Method, { readonly op: "increment" }>;

/**
 * A domain whose check is the floor and ceiling of one increment, where the column's own bounds do not already say so: the cast in the
 * statement then fails as a check does, by name, in the same round trip.
 */
export function limitDomain(
  entity: EntityIr,
  field: FieldIr,
  method: Increment,
): DomainShape | undefined {
  const conditions = [
    ...(method.floor === undefined || isChecked(field, method.floor, field.source.min)
      ? []
      : [`value >= ${method.floor}`]),
    ...(method.ceiling === undefined || isChecked(field, method.ceiling, field.source.max)
      ? []
      : [`value <= ${method.ceiling}`]),
  ];
  if (conditions.length === 0) return undefined;
  const name = fitted(`${entity.table}_${snakeCase(method.name)}_limit`);
  return {
    name,
    constraint: fitted(`${name}_check`),
    type: parameterType(field.type),
    condition: conditions.join(" and "),
    comment: `Limits of ${entity.property}.${method.name}.`,
  };
}

/** The domains of every increment of an entity. */
export const limitDomains = (entity: EntityIr, store: StoreIr): readonly DomainShape[] =>
  repositoriesOf(entity, store).flatMap(({ methods }) =>
    methods.flatMap(({ method }) => {
      if (method.op !== "increment") return [];
      const field = entity.fields.find((each) => each.name === method.field);
      return (field === undefined ? undefined : limitDomain(entity, field, method)) ?? [];
    }),
  );

/** A check of the column says the same; one of an existing column is not known. */
const isChecked = (field: FieldIr, limit: number, bound: number | string | undefined): boolean =>
  limit === bound && field.type.native === undefined;
