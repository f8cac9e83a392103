import { typeName } from "../ir/names.ts";
import type { StoreIr } from "../ir/types.ts";
import { meant } from "../spec/nearest.ts";
import type { Question } from "./step.ts";

/** Something new in a store, with the name that it had before as the spec says. */
export interface New {
  /** `<part>.<column>`, or the part. */
  readonly about: string;
  /** `column name of patients` */
  readonly title: string;
  readonly was: string | undefined;
}

/**
 * What is new, although its `was:` names something: a rename was meant, and would lose what the old name holds. `was:` stays in the spec
 * when a rename is done, so it is judged only where the new name is not there yet.
 *
 * @param there the names that there are
 * @param holder what holds them: `patients`
 */
export function misnamed(
  added: readonly New[],
  there: readonly string[],
  { one, many, holder }: { readonly one: string; readonly many: string; readonly holder: string },
): readonly Question[] {
  return added.flatMap(({ about, title, was }) =>
    was === undefined || there.includes(was)
      ? []
      : [
          {
            about,
            text: `${title} is new, and its was: ${was} is no ${one} that ${holder} holds`,
            hint: `${meant(was, there, many)} Without was: it begins empty`,
          },
        ],
  );
}

/** The same for the entities of a store. @param before of the snapshot; nothing is judged in a store that is new itself */
export function misnamedEntities(
  before: readonly string[],
  added: readonly { readonly entity: string; readonly part: string }[],
  store: StoreIr,
): readonly Question[] {
  if (before.length === 0) return [];
  const was = new Map(store.entities.map((entity) => [entity.name, entity.was]));
  return misnamed(
    added.map(({ entity, part }) => {
      const name = was.get(entity);
      return {
        about: part,
        title: `entity ${entity}`,
        was: name === undefined ? undefined : typeName(name),
      };
    }),
    before,
    { one: "entity", many: "entities", holder: `store ${store.name}` },
  );
}
