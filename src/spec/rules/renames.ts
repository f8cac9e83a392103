import { typeName } from "../../ir/names.ts";
import type { Path, Problem } from "../issues.ts";
import { error, type Context } from "./context.ts";

interface Named {
  readonly was?: string | undefined;
}

/** Names of before that cannot be followed: those that lead round in a circle, and those that several claim. */
export function renames(context: Context): readonly Problem[] {
  return [...circular(context), ...claimed(context)];
}

/**
 * Names that go round in a circle. `was:` stays in the spec when a rename is done, and of two things that have each other's name nobody
 * can tell whether they have exchanged them already.
 */
function circular({ spec }: Context): readonly Problem[] {
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

/** Former names that more than one claims: what has one name cannot take two, and the values would go to whichever comes first. */
function claimed({ spec }: Context): readonly Problem[] {
  return [
    ...doubles(spec.entities, { path: ["entities"], kind: "entity", owner: "" }, typeName),
    ...Object.entries(spec.entities).flatMap(([entity, { fields }]) =>
      doubles(
        fields,
        { path: ["entities", entity, "fields"], kind: "field", owner: `${entity}.` },
        (name) => name,
      ),
    ),
  ];
}

interface Place {
  readonly path: Path;
  readonly kind: "entity" | "field";
  /** What stands before a name in a message. */
  readonly owner: string;
}

/** @param plain a former name as it is compared */
function doubles(
  declared: Readonly<Record<string, Named>>,
  { path, kind, owner }: Place,
  plain: (name: string) => string,
): readonly Problem[] {
  const firsts = new Map<string, string>();
  return Object.entries(declared).flatMap(([name, { was }]): readonly Problem[] => {
    if (was === undefined) return [];
    const first = firsts.get(plain(was));
    if (first === undefined) {
      firsts.set(plain(was), name);
      return [];
    }
    return [
      {
        path: [...path, name, "was"],
        at: "value",
        severity: "error",
        message: (lineOf) =>
          `${kind} ${owner}${name} was called ${was}, and so was ${kind} ${owner}${first} (line ${lineOf([...path, first, "was"])}): what had one name becomes one of them`,
        hint: `leave was: ${was} at the one that takes over what is stored; the other is new without it`,
      },
    ];
  });
}
