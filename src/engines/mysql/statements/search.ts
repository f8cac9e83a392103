import type { EntityIr, FieldIr, SearchViewIr } from "../../../ir/types.ts";
import { type FilterPart, type ListFragments, splitFilter } from "../../families/sql/fragments.ts";
import { selectList } from "../../families/sql/layout.ts";
import { searchedGroup, type SearchGroup, weightGroups } from "../ddl/search.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { comparable } from "../types.ts";
import { filterParts } from "./filter.ts";
import { everyCharacter } from "./given.ts";
import { aliased, aliasOf, rowExpressions, seenRows } from "./row.ts";

export type SearchMethodIr = SearchViewIr["methods"][number];

/** Parameters of every search: what a row must match, any of its words, all of them; filters come after. */
export const searchParameters = 3;

const match = (alias: string, { columns }: SearchGroup, parameter: number): string =>
  `match(${columns.map((column) => qualified(alias, column)).join(", ")}) against ($${parameter} in boolean mode)`;

export const matches = (view: SearchViewIr, method: SearchMethodIr): string =>
  match(aliasOf(view.entity), searchedGroup(view, method), 1);

/**
 * Weight of each group that holds some of the words, and again of each that holds all. The server's own relevance moves with every row
 * that others write, since it counts in how many documents a word is: pages by it would repeat and lose rows (MY-12).
 */
export const rank = (view: SearchViewIr, method: SearchMethodIr): string =>
  `(${weightGroups(view, method)
    .map((group, _, { length }) => {
      const [some, all] = [2, 3].map(
        (parameter) => `(${match(aliasOf(view.entity), group, parameter)} > 0)`,
      );
      // A hit has some of the words in the only place where they are looked for.
      return `${group.weight} * (${length === 1 ? 1 : some} + ${all})`;
    })
    .join(" + ")})`;

export const searchFilter = (
  view: SearchViewIr,
  method: SearchMethodIr,
  dialect: Dialect,
): readonly FilterPart[] => filterParts(view.entity, [], method.method.filter, dialect);

/** `score`, unless a column is called so. By its name MariaDB sorts in a third less time than by its place in the list. */
function scoreName({ fields }: EntityIr): string {
  const taken = new Set(fields.map(({ column }) => column.toLowerCase()));
  let name = "score";
  while (taken.has(name)) name += "_";
  return name;
}

/** Ranked hits: after the row's columns the score. */
export function searchFragments(
  view: SearchViewIr,
  method: SearchMethodIr,
  dialect: Dialect,
): ListFragments {
  const alias = aliasOf(view.entity);
  const filter = splitFilter(searchFilter(view, method, dialect), searchParameters + 1);
  const score = rank(view, method);
  const name = scoreName(view.entity);
  const columns = [...rowExpressions(view.entity, dialect), `${score} + 0e0 as ${name}`];
  return {
    ...filter,
    select: `${selectList(columns)}\nfrom ${aliased(view.entity)}`,
    where: [matches(view, method), ...seenRows(view.entity, alias), ...filter.where],
    order: [
      {
        column: score,
        direction: "desc",
        cast: "cast({0} as double)",
        alias: name,
      },
      ...view.entity.key.map((field) => {
        const cast = comparable(field.type, "{0}");
        return {
          column: qualified(alias, field.column),
          direction: "asc" as const,
          ...(cast !== "{0}" && { cast }),
        };
      }),
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

/** Hits per value of one field, most frequent first, over all hits of the query and its filters; a value that one row holds twice is one hit. */
export function facetFragments(
  view: SearchViewIr,
  method: SearchMethodIr,
  field: FieldIr,
  dialect: Dialect,
): ListFragments {
  const { entity } = view;
  const alias = aliasOf(entity);
  const column = qualified(alias, field.column);
  const filter = splitFilter(searchFilter(view, method, dialect), searchParameters + 1);
  const isList = field.type.kind === "array";
  const value = isList ? "facet.element" : column;
  const source = isList
    ? `\njoin json_table(${column}, '$[*]' columns (element ${everyCharacter("varchar(4000)")} collate ${dialect.collation} path '$')) facet`
    : "";
  const key = entity.key.map((part) => qualified(alias, part.column)).join(", ");
  return {
    ...filter,
    select: `select ${value}, count(${isList ? `distinct ${key}` : "*"})\nfrom ${aliased(entity)}${source}`,
    where: [
      matches(view, method),
      `${value} is not null`,
      ...seenRows(entity, alias),
      ...filter.where,
    ],
    tail: "group by 1",
    order: [
      { column: "2", direction: "desc" },
      { column: "1", direction: "asc" },
    ],
  };
}
