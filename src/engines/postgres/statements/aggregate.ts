import type { EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import type { GroupTerm, Measure } from "../../../spec/model.ts";
import { selectList } from "../../families/sql/layout.ts";
import { literal, qualified } from "../sql/quote.ts";
import { filterParts } from "./filter.ts";
import { type ListFragments, splitFilter } from "../../families/sql/fragments.ts";
import { aliasOf, aliased, liveCondition } from "./row.ts";

type Aggregate = Extract<Method, { readonly op: "aggregate" }>;

const fieldOf = (entity: EntityIr, name: string): FieldIr | undefined =>
  entity.fields.find((field) => field.name === name);

/** Groups come first in the select list, so they are named by their place: one expression cannot differ from its copy. */
export function aggregateFragments(entity: EntityIr, method: Aggregate): ListFragments {
  const alias = aliasOf(entity);
  const groups = method.groupBy.flatMap((term) => {
    const field = fieldOf(entity, term.field);
    return field === undefined
      ? []
      : [groupExpression(qualified(alias, field.column), field, term.unit)];
  });
  const measures = method.measures.map((measure) => measureExpression(entity, measure));
  const filter = splitFilter(filterParts(entity, method.where, method.optional));
  const places = groups.map((_, at) => String(at + 1));
  return {
    ...filter,
    select: `${selectList([...groups, ...measures])}\nfrom ${aliased(entity)}`,
    where: [...filter.where, ...liveCondition(entity, alias)],
    ...(places.length > 0 && { tail: `group by ${places.join(", ")}` }),
    order: places.map((place) => ({ column: place, direction: "asc", cast: "text" })),
  };
}

/** Calendar units are those of UTC, whatever the session's time zone: a day as a date, an hour as its first moment. */
function groupExpression(column: string, field: FieldIr, unit: GroupTerm["unit"]): string {
  if (unit === undefined) return column;
  if (field.type.kind === "date") return `date_trunc(${literal(unit)}, ${column}::timestamp)::date`;
  const start = `date_trunc(${literal(unit)}, ${column}, 'UTC')`;
  return unit === "hour" ? start : `(${start} at time zone 'UTC')::date`;
}

/** Sums of integers are exact and wider than their column; averages of exact numbers are numeric. */
function measureExpression(entity: EntityIr, measure: Measure): string {
  if (measure.kind === "count") return "count(*)";
  const column = qualified(
    aliasOf(entity),
    fieldOf(entity, measure.field)?.column ?? measure.field,
  );
  return `${measure.kind}(${column})`;
}
