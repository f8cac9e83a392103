import type { Problem } from "../issues.ts";
import { error, type Context } from "./context.ts";

interface Named {
  readonly was?: string | undefined;
}

/**
 * Names that go round in a circle. `was:` stays in the spec when a rename is done, and of two things that have each other's name nobody
 * can tell whether they have exchanged them already.
 */
export function renames({ spec }: Context): readonly Problem[] {
  const fields = Object.entries(spec.entities).flatMap(([entity, { fields: declared }]) =>
    circles(declared).map((name) => ({
      path: ["entities", entity, "fields", name, "was"],
      title: `field ${entity}.${name}`,
      was: declared[name]?.was ?? "",
    })),
  );
  const entities = circles(spec.entities).map((name) => ({
    path: ["entities", name, "was"],
    title: `entity ${name}`,
    was: spec.entities[name]?.was ?? "",
  }));
  return [...entities, ...fields].map(({ path, title, was }) =>
    error(
      path,
      `${title} takes the name of ${was}, which takes another one in a circle`,
      "rename one of them to a third name first, and migrate",
    ),
  );
}

/** Names from which `was:` leads back to themselves. */
function circles(declared: Readonly<Record<string, Named>>): readonly string[] {
  return Object.keys(declared).filter((name) => {
    const seen = new Set<string>();
    let at = declared[name]?.was;
    while (at !== undefined && at !== name && !seen.has(at)) {
      seen.add(at);
      at = Object.hasOwn(declared, at) ? declared[at]?.was : undefined;
    }
    return at === name && seen.size > 0;
  });
}
