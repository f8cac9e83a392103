import type { FieldIr, SearchViewIr } from "../../../ir/types.ts";
import { rankWeights, searchColumn } from "../ddl/search.ts";
import { selectList } from "../../families/sql/layout.ts";
import { literal, qualified } from "../sql/quote.ts";
import { parameterType } from "../types.ts";
import { filterParts } from "./filter.ts";
import { type FilterPart, type ListFragments, splitFilter } from "../../families/sql/fragments.ts";
import { aliasOf, aliased, liveCondition, rowExpressions } from "./row.ts";

export type SearchMethodIr = SearchViewIr["methods"][number];

/** `$1` is the text of the query, in the syntax of a search engine: words, "phrases", or, -not. */
export const asked = (view: SearchViewIr): string =>
  `websearch_to_tsquery(${literal(view.language)}::regconfig, $1) as asked(query)`;

/** A query of which only exclusions are left (`the -word`, since a stop word is none) finds nothing: no index can answer it, and no other engine does. */
export const matches = (view: SearchViewIr, method: SearchMethodIr): string =>
  `${qualified(aliasOf(view.entity), searchColumn(view, method).name)} @@ asked.query and querytree(asked.query) <> 'T'`;

/** Cover density with the view's weights; normalised by the logarithm of the length, so that long texts do not win by length alone. */
export const rank = (view: SearchViewIr, method: SearchMethodIr): string =>
  `ts_rank_cd(${literal(rankWeights(view))}::real[], ${qualified(aliasOf(view.entity), searchColumn(view, method).name)}, asked.query, 1)`;

export const searchFilter = (view: SearchViewIr, method: SearchMethodIr): readonly FilterPart[] =>
  filterParts(view.entity, [], method.method.filter);

/** Ranked hits: after the row's columns the score, then one highlight per searched field. */
export function searchFragments(view: SearchViewIr, method: SearchMethodIr): ListFragments {
  const alias = aliasOf(view.entity);
  const filter = splitFilter(searchFilter(view, method), 2);
  const columns = [...rowExpressions(view.entity), rank(view, method), ...highlights(view, method)];
  return {
    ...filter,
    select: `${selectList(columns)}\nfrom ${aliased(view.entity)} cross join ${asked(view)}`,
    where: [matches(view, method), ...liveCondition(view.entity, alias), ...filter.where],
    order: [
      { column: rank(view, method), direction: "desc", cast: "real" },
      ...view.entity.key.map((field) => ({
        column: qualified(alias, field.column),
        direction: "asc" as const,
        cast: parameterType(field.type),
      })),
    ],
  };
}

/** Fields that can be highlighted: those with running text. */
export const highlightedFields = (view: SearchViewIr, method: SearchMethodIr): readonly FieldIr[] =>
  method.method.highlight
    ? view.fields.flatMap(({ field }) =>
        method.method.text.includes(field.name) && isText(field) ? [field] : [],
      )
    : [];

const isText = (field: FieldIr): boolean =>
  field.type.kind === "text" || field.type.kind === "string";

/** A fragment that holds no found word is no highlight. */
function highlights(view: SearchViewIr, method: SearchMethodIr): readonly string[] {
  const options = "StartSel=<mark>, StopSel=</mark>, MaxFragments=2, MaxWords=30, MinWords=10";
  return highlightedFields(view, method).map((field) => {
    const column = qualified(aliasOf(view.entity), field.column);
    const headline =
      `ts_headline(${literal(view.language)}::regconfig, ${escaped(column)}, asked.query,\n` +
      `    ${literal(options)})`;
    return `(\n  select marked\n  from ${headline} as marked\n  where marked like '%<mark>%'\n)`;
  });
}

const entities = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
] as const;

/** A text as HTML, before words are marked in it: entities are none of its words. Source: PostgreSQL manual, "Parsers" (entity). */
const escaped = (column: string): string =>
  entities.reduce(
    (text, [character, entity]) => `replace(${text}, ${literal(character)}, ${literal(entity)})`,
    column,
  );

/** Hits per value of one field, most frequent first, over all hits of the query and its filters. */
export function facetFragments(
  view: SearchViewIr,
  method: SearchMethodIr,
  field: FieldIr,
): ListFragments {
  const alias = aliasOf(view.entity);
  const column = qualified(alias, field.column);
  const filter = splitFilter(searchFilter(view, method), 2);
  const [value, source] =
    field.type.kind === "array"
      ? // A value that one row holds twice is one hit.
        [
          "facet.value",
          `\ncross join lateral (select distinct element from unnest(${column}) as element) as facet(value)`,
        ]
      : [column, ""];
  return {
    ...filter,
    select: `select ${value}, count(*)\nfrom ${aliased(view.entity)} cross join ${asked(view)}${source}`,
    where: [
      matches(view, method),
      `${value} is not null`,
      ...liveCondition(view.entity, alias),
      ...filter.where,
    ],
    tail: "group by 1",
    order: [
      { column: "2", direction: "desc", cast: "bigint" },
      { column: "1", direction: "asc", cast: "text" },
    ],
  };
}
