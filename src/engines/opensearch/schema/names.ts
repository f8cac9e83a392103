import type { NameMatch } from "../../../migrate/reused-names.ts";
import { renamesIn } from "../../../migrate/renames.ts";
import type { ChangeContext, Snapshot } from "../../../migrate/step.ts";
import { heldViews } from "../store-file.ts";
import { viewsOf } from "./state.ts";

/** What a change does to the properties of the items of each view. */
export function nameMatches(
  from: Snapshot,
  to: Snapshot,
  { store }: ChangeContext,
): readonly NameMatch[] {
  const before = viewsOf(from);
  const entities = new Map(heldViews(store).map(({ entity }) => [entity.name, entity]));
  return [...viewsOf(to)].flatMap(([alias, { entity, item }]) => {
    const was = new Map(entities.get(entity)?.fields.map(({ name, source }) => [name, source.was]));
    const items = Object.keys(before.get(alias)?.item ?? {});
    const now = Object.keys(item);
    const renamed = renamesIn(
      items,
      now.map((name) => [name, was.get(name)]),
    );
    const taken = new Set(renamed.values());
    return [
      {
        kind: "property",
        holder: alias,
        before: items,
        kept: [...renamed].map(([name, former]) => ({ from: former, to: name })),
        added: now.filter(
          (name) => !renamed.has(name) && (taken.has(name) || !items.includes(name)),
        ),
      },
    ];
  });
}
