import type { EntityIr, FieldIr, RepositoryIr } from "../../../ir/types.ts";
import { insertable } from "../types.ts";
import type { TestScope } from "./scope.ts";
import { parentOf, untestable } from "./testable.ts";
import { sampleValue } from "./values.ts";

/** The fields that samples give: all that can be made up and whose referenced rows can be stored. */
export const givenFields =
  (scope: TestScope) =>
  (entity: EntityIr): readonly FieldIr[] =>
    insertable(entity).filter((field) => {
      const parent = parentOf(field.source.reference?.entity, scope);
      const refers = field.source.reference !== undefined;
      const met =
        !refers || !field.optionalOnInsert || (parent !== undefined && endsSoon(parent, scope));
      return met && sampleValue(entity, field, "0", scope) !== undefined;
    });

/** Levels of rows that tests store for the sake of a reference that may be left out. */
const followedLevels = 3;

/** Optional references are followed only where they soon lead to rows that need none: a long chain would be stored for one column. */
function endsSoon(parent: RepositoryIr, scope: TestScope, levels = followedLevels): boolean {
  if (levels === 0 || untestable(parent, scope) !== undefined) return false;
  const { entity } = parent;
  return [entity, ...entity.children.map((child) => child.entity)].every((each) =>
    insertable(each).every(({ source }) => {
      const next = parentOf(source.reference?.entity, scope);
      return next === undefined || endsSoon(next, scope, levels - 1);
    }),
  );
}
