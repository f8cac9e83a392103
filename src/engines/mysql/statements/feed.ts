import type { EntityIr } from "../../../ir/types.ts";
import { type FeedFragments, feedFragmentsOf } from "../../families/sql/fragments.ts";
import { selectList } from "../../families/sql/layout.ts";
import type { Dialect } from "../dialect.ts";
import { qualified } from "../sql/quote.ts";
import { orderFragments } from "./read.ts";
import { aliased, aliasOf, liveCondition, rowExpressions } from "./row.ts";

/** Every row of an entity in the order of its key, over all tenants. */
export function feedFragments(entity: EntityIr, dialect: Dialect): FeedFragments {
  const alias = aliasOf(entity);
  return feedFragmentsOf(entity, {
    column: (field) => qualified(alias, field.column),
    select: (hidden) =>
      `${selectList([...rowExpressions(entity, dialect), ...hidden])}\nfrom ${aliased(entity)}`,
    where: liveCondition(entity, alias),
    order: (terms) => orderFragments(entity, terms),
  });
}
