import type { NameMatch } from "../../../migrate/reused-names.ts";
import type { ChangeContext, Snapshot } from "../../../migrate/step.ts";
import { collectionPairs, entitiesOf } from "./diff.ts";
import { propertyNames } from "./properties.ts";
import { type Child, type Collection, collectionsOf } from "./state.ts";

/** Entities with their fields, as the spec called them; those of embedded lists too. */
export const heldFields = (snapshot: Snapshot): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...collectionsOf(snapshot).values()].flatMap((collection) =>
      collection.entity === undefined
        ? []
        : shapeFields({ ...collection, entity: collection.entity }, collection.key),
    ),
  );

const shapeFields = (
  { entity, properties, children }: Omit<Child, "required">,
  key: Collection["key"] = [],
): readonly (readonly [entity: string, fields: readonly string[]])[] => [
  [entity, [...key, ...Object.values(properties)].map(({ field }) => field)],
  ...Object.values(children).flatMap((child) => shapeFields(child)),
];

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
