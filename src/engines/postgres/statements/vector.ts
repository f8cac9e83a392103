import type { EntityIr, VectorViewIr } from "../../../ir/types.ts";
import { distanceExpression, vectorPlan } from "../ddl/vector.ts";
import { clause, indented, selectList } from "../../families/sql/layout.ts";
import { identifier, identifiers, literal, qualified } from "../sql/quote.ts";
import { filterParts, nullGuarded } from "./filter.ts";
import { type FilterPart, type ListFragments, splitFilter } from "../../families/sql/fragments.ts";
import { aliasOf, aliased, liveCondition, rowExpressions } from "./row.ts";
import { asked, matches, rank } from "./search.ts";

export type VectorMethodIr = VectorViewIr["methods"][number];

export const vectorFilter = (view: VectorViewIr, method: VectorMethodIr): readonly FilterPart[] =>
  filterParts(view.entity, [], method.method.filter);

/** Neighbours of `$1`, nearest first; after the row's columns distance and score. Only the distance orders, since only that is what an index gives. */
export function nearestFragments(view: VectorViewIr, method: VectorMethodIr): ListFragments {
  const alias = aliasOf(view.entity);
  const filter = splitFilter(vectorFilter(view, method), 2);
  const distance = distanceExpression(view, alias, "$1");
  return {
    ...filter,
    select: `${selectList([...rowExpressions(view.entity), distance, score(view, distance)])}\nfrom ${aliased(view.entity)}`,
    where: [...candidateConditions(view), ...filter.where],
    order: [{ column: distance, direction: "asc", cast: "double precision" }],
  };
}

/** Higher is better, whatever the metric. */
function score(view: VectorViewIr, distance: string): string {
  if (view.metric === "cosine") return `1 - (${distance})`;
  return view.metric === "l2" ? `1 / (1 + (${distance}))` : `-(${distance})`;
}

const candidateConditions = (view: VectorViewIr): readonly string[] => {
  const alias = aliasOf(view.entity);
  return [
    ...tuned(view),
    `${qualified(alias, view.field.column)} is not null`,
    ...liveCondition(view.entity, alias),
  ];
};

/**
 * Settings of the index for this statement's transaction: a condition without columns is evaluated once, before the scan begins. Filters
 * apply after an approximate index, so the scan goes on until enough rows are left (PV-06).
 */
function tuned(view: VectorViewIr): readonly string[] {
  const settings = Object.entries(vectorPlan(view).settings).map(
    ([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true) is not null`,
  );
  return settings.length === 0 ? [] : [`(select ${settings.join(" and ")})`];
}

/** Constant of reciprocal rank fusion, from the paper that proposed it (Cormack, Clarke, Büttcher 2009). */
const fusionConstant = 60;
/** Candidates of each side per row wanted: a row may be far down in one list and high in the other. */
const candidatesPerRow = 4;

/**
 * Reciprocal rank fusion of text and vector. `$1` the query's text, `$2` the vector, `$3` rows wanted, then one value or null per part
 * of the filter. After the row's columns: distance, fused score.
 */
export function hybridText(view: VectorViewIr, method: VectorMethodIr): string | undefined {
  const { hybrid } = method;
  const search = hybrid?.methods[0];
  if (hybrid === undefined || search === undefined || hybrid.store !== view.store) return undefined;
  const { entity } = view;
  const alias = aliasOf(entity);
  const distance = distanceExpression(view, alias, "$2");
  const filter = vectorFilter(view, method).map((part, at) => nullGuarded(part, at + 4));
  const candidates = indented(clause("where", [...candidateConditions(view), ...filter]));
  const found = [
    ...candidateConditions(view).slice(tuned(view).length),
    ...filter,
    matches(hybrid, search),
  ];
  const key = keyColumns(entity, alias);
  const names = identifiers(entity.key.map((field) => field.column));
  const limit = `limit $3::bigint * ${candidatesPerRow}`;
  return `with near as (
  select ${key}, ${distance} as distance
  from ${aliased(entity)}
  ${candidates}
  order by ${distance} ${limit}
), found as (
  select ${key}, ${rank(hybrid, search)} as score
  from ${aliased(entity)} cross join ${asked(hybrid)}
  ${indented(clause("where", found))}
  order by score desc, ${key} ${limit}
), ranked as (
  select ${names}, row_number() over (order by distance, ${names}) as place from near
  union all
  select ${names}, row_number() over (order by score desc, ${names}) from found
), fused as (
  select ${names}, sum(1.0 / (${fusionConstant} + place))::double precision as score from ranked group by ${names}
)
${selectList([...rowExpressions(entity), distance, "fused.score"])}
from fused join ${aliased(entity)} using (${names})
order by fused.score desc, ${key} limit $3::bigint`;
}

const keyColumns = (entity: EntityIr, alias: string): string =>
  entity.key.map((field) => `${alias}.${identifier(field.column)}`).join(", ");
