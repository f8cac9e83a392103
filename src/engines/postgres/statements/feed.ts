import type { EntityIr } from "../../../ir/types.ts";
import type { FeedFragments } from "../../families/sql/fragments.ts";
import { selectList } from "../../families/sql/layout.ts";
import { qualified } from "../sql/quote.ts";
import { orderFragments } from "./read.ts";
import {
  aliased,
  aliasOf,
  liveCondition,
  rowExpressions,
  rowLength,
  visibleFields,
} from "./row.ts";

/** Key and tenant are selected after the row's columns where those do not have them. */
export function feedFragments(entity: EntityIr): FeedFragments {
  const alias = aliasOf(entity);
  const shown = visibleFields(entity);
  const hidden: string[] = [];
  const placeOf = ({ name, column }: EntityIr["fields"][number]): number => {
    const place = shown.findIndex((field) => field.name === name);
    return place >= 0 ? place : rowLength(entity) + hidden.push(qualified(alias, column)) - 1;
  };
  const key = entity.key.map(placeOf);
  const tenant = entity.tenant === undefined ? undefined : placeOf(entity.tenant);
  const terms = entity.key.map(({ name }) => ({ field: name, direction: "asc" as const }));
  return {
    list: {
      select: `${selectList([...rowExpressions(entity), ...hidden])}\nfrom ${aliased(entity)}`,
      where: liveCondition(entity, alias),
      optional: [],
      order: orderFragments(entity, terms),
      fixed: [],
      parts: [],
    },
    key,
    ...(tenant === undefined ? {} : { tenant }),
  };
}
