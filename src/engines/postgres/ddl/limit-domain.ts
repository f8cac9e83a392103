import { fitted } from "../../../ir/names.ts";
import { snakeCase } from "../../../ir/words.ts";
import type { EntityIr, FieldIr, Method, StoreIr } from "../../../ir/types.ts";
import { identifier, literal } from "../sql/quote.ts";
import { parameterType } from "../types.ts";

type Increment = Extract<Method, { readonly op: "increment" }>;

/**
 * A domain whose check is the floor and ceiling of one increment, where the column's own bounds do not already say so: the cast in the
 * statement then fails as a check does, by name, in the same round trip.
 */
export interface LimitDomain {
  readonly name: string;
  readonly constraint: string;
  readonly type: string;
  readonly condition: string;
  readonly about: string;
}

export function limitDomain(
  entity: EntityIr,
  field: FieldIr,
  method: Increment,
): LimitDomain | undefined {
  const conditions = [
    ...(method.floor === undefined || method.floor === field.source.min
      ? []
      : [`value >= ${method.floor}`]),
    ...(method.ceiling === undefined || method.ceiling === field.source.max
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
    about: `Limits of ${entity.property}.${method.name}.`,
  };
}

/** The domains of every increment of the store. */
export const limitDomains = (store: StoreIr): readonly LimitDomain[] =>
  store.repositories.flatMap(({ entity, methods }) =>
    methods.flatMap(({ method }) => {
      if (method.op !== "increment") return [];
      const field = entity.fields.find((each) => each.name === method.field);
      return (field === undefined ? undefined : limitDomain(entity, field, method)) ?? [];
    }),
  );

export const domainStatements = (domain: LimitDomain): readonly string[] => [
  `create domain ${identifier(domain.name)} as ${domain.type} constraint ${identifier(domain.constraint)} check (${domain.condition});`,
  `comment on domain ${identifier(domain.name)} is ${literal(domain.about)};`,
];
