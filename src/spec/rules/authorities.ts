import type { Problem } from "../issues.ts";
import { quoted } from "../shown-text.ts";
import { entityAt, error, warning, type Context } from "./context.ts";

/** One authority for each aggregate: where it is written. */
export function authorities(context: Context): readonly Problem[] {
  return [
    ...context.authorities.flatMap(([name]) => listed(context, name)),
    ...access(context),
    ...unserved(context),
  ];
}

function listed(context: Context, workload: string): readonly Problem[] {
  const problems: Problem[] = [];
  const spec = context.authorities.find(([name]) => name === workload)?.[1];
  for (const [at, name] of (spec?.entities ?? []).entries()) {
    const path = ["workloads", workload, "entities", at];
    const entity = entityAt(context, name, path, problems);
    const first = context.authorityOf.get(name);
    if (spec?.entities.indexOf(name) !== at) {
      problems.push(
        error(path, `workload ${quoted(workload)} lists ${name} twice`, "remove one of the two"),
      );
    } else if (entity?.owner !== undefined) {
      problems.push(
        error(
          path,
          `${name} is an owned child and comes with ${entity.owner}`,
          `list ${entity.owner} only`,
        ),
      );
    } else if (first !== undefined && first !== workload)
      problems.push(second(context, workload, name, first, path));
  }
  return problems;
}

function second(
  context: Context,
  workload: string,
  entity: string,
  first: string,
  path: readonly (string | number)[],
): Problem {
  const at = context.spec.workloads[first];
  const position = at !== undefined && "entities" in at ? (at.entities ?? []).indexOf(entity) : 0;
  const firstPath = ["workloads", first, "entities", position];
  return error(
    path,
    (lineOf) =>
      `workload ${quoted(workload)} would be a second authority for ${entity} (first: ${quoted(first)}, line ${lineOf(firstPath)})`,
    `make it a view: from: ${entity}`,
  );
}

/** Methods belong to the entities that the workload lists. */
function access(context: Context): readonly Problem[] {
  return context.authorities.flatMap(([name, workload]) =>
    Object.keys(workload.access ?? {}).flatMap((entity) => {
      const path = ["workloads", name, "access", entity];
      const problems: Problem[] = [];
      const found = entityAt(context, entity, path, problems);
      const key = problems.map((problem) => ({ ...problem, at: "key" as const }));
      if (found === undefined || workload.entities.includes(entity)) return key;
      if (found.owner !== undefined) {
        return [
          error(
            path,
            `${entity} is an owned child and has no repository`,
            `write and read it with ${found.owner}`,
            "key",
          ),
        ];
      }
      return context.complete
        ? [
            error(
              path,
              `workload ${quoted(name)} declares methods of ${entity} but is not its authority`,
              `add ${entity} to its entities`,
              "key",
            ),
          ]
        : [];
    }),
  );
}

/** Entities that no workload names: nothing would be generated for them. */
function unserved(context: Context): readonly Problem[] {
  if (!context.complete) return [];
  const named = new Set(context.authorityOf.keys());
  for (const workload of Object.values(context.spec.workloads)) {
    if ("from" in workload && workload.from !== undefined) named.add(workload.from);
    if ("entities" in workload) for (const entity of workload.entities ?? []) named.add(entity);
  }
  const referenced = new Set<string>();
  for (const entity of context.entities.values()) {
    if (!named.has(entity.owner ?? entity.name)) continue;
    for (const { reference } of entity.fields)
      if (reference !== undefined) referenced.add(reference.entity);
  }
  return [...context.entities.values()].flatMap(({ name, owner }) => {
    if (owner !== undefined || named.has(name)) return [];
    const path = ["entities", name];
    const hint = "list it in the entities of a workload";
    if (referenced.has(name))
      return [
        error(
          path,
          `no workload is the authority for ${name}, which others reference`,
          hint,
          "key",
        ),
      ];
    return [warning(path, `no workload names ${name}: nothing is generated for it`, hint, "key")];
  });
}
