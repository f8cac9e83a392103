import type { EntityIr, FieldIr, Method } from "../../../ir/types.ts";
import type { GroupTerm, Measure } from "../../../spec/model.ts";
import { type ListFragments, splitFilter } from "../../families/sql/fragments.ts";
import { selectList } from "../../families/sql/layout.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { filterParts } from "./filter.ts";
import { aliased, aliasOf, seenRows } from "./row.ts";

type Aggregate = Extract<Method, { readonly op: "aggregate" }>;

const fieldOf = (entity: EntityIr, name: string): FieldIr | undefined =>
  entity.fields.find((field) => field.name === name);

/** Groups come first in the select list, so they are named by their place: one expression cannot differ from its copy. */
export function aggregateFragments(
  entity: EntityIr,
  method: Aggregate,
  dialect: Dialect,
): ListFragments {
  const alias = aliasOf(entity);
  const groups = method.groupBy.flatMap((term) => {
    const field = fieldOf(entity, term.field);
    return field === undefined ? [] : [groupExpression(qualified(alias, field.column), term.unit)];
  });
  const measures = method.measures.map((measure) => measureExpression(entity, measure));
  const filter = splitFilter(filterParts(entity, method.where, method.optional, dialect));
  const places = groups.map((_, at) => String(at + 1));
  return {
    ...filter,
    select: `${selectList([...groups, ...measures])}\nfrom ${aliased(entity)}`,
    where: [...filter.where, ...seenRows(entity, alias)],
    ...(places.length > 0 && { tail: `group by ${places.join(", ")}` }),
    order: places.map((place) => ({ column: place, direction: "asc" })),
  };
}

/** Calendar units are those of UTC, in which moments are stored: a day as a date, an hour as its first moment. */
function groupExpression(column: string, unit: GroupTerm["unit"]): string {
  switch (unit) {
    case undefined:
      return column;
    case "hour":
      return `cast(date_format(${column}, '%Y-%m-%d %H:00:00') as datetime(3))`;
    case "day":
      return `date(${column})`;
    case "week":
      return `date(${column}) - interval weekday(${column}) day`;
    case "month":
      return `date(${column}) - interval dayofmonth(${column}) - 1 day`;
    case "year":
      return `makedate(year(${column}), 1)`;
  }
}

/** Sums of integers are exact decimals without a fraction; an average has four digits more than its column. */
function measureExpression(entity: EntityIr, measure: Measure): string {
  if (measure.kind === "count") return "count(*)";
  const column = qualified(
    aliasOf(entity),
    fieldOf(entity, measure.field)?.column ?? measure.field,
  );
  return `${measure.kind}(${column})`;
}
