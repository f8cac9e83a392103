import type { NameMatch } from "../../../migrate/reused-names.ts";
import type { ChangeContext, Snapshot } from "../../../migrate/step.ts";
import { collectionPairs, entitiesOf } from "./diff.ts";
import { propertyNames } from "./properties.ts";

/** What a change does to the names of collections and of what documents hold. */
export function nameMatches(
  from: Snapshot,
  to: Snapshot,
  context: ChangeContext,
): readonly NameMatch[] {
  const entities = entitiesOf(context.store);
  const { kept, added, removed } = collectionPairs(from, to, context);
  return [
    {
      kind: "collection",
      before: [...from.keys()],
      kept: kept.map(({ before, after }) => ({ from: before.name, to: after.name })),
      added: added.map(({ name }) => name),
      dropped: removed.map(({ name }) => name),
    },
    ...kept.flatMap(({ before, after }) =>
      propertyNames(after.name, before, after, entities.get(after.entity ?? "")),
    ),
  ];
}
