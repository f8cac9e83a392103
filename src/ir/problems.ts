import type { NameProblem } from "./collisions.ts";
import { nameProblems } from "./collisions.ts";
import type { CacheViewIr, Ir } from "./types.ts";

/** Everything about an Ir that must not be rendered, as the user has to mend it; none for most specs. */
export const irProblems = (ir: Ir): readonly NameProblem[] => [
  ...nameProblems(ir),
  ...ir.stores.flatMap((store) =>
    store.views.flatMap((view) => (view.port === "cache" ? cacheProblems(view, ir) : [])),
  ),
];

/** A read-through cache reads by key from a repository that every caller may use. */
function cacheProblems(view: CacheViewIr, ir: Ir): readonly NameProblem[] {
  const { entity, workload } = view;
  if (entity === undefined) return [];
  const path = `workloads.${workload}.from`;
  if (entity.tenant !== undefined) {
    const text = `${entity.name} belongs to tenants, and a key of a read-through cache does not say to which: one tenant would be given what another one read`;
    return [
      {
        path,
        text,
        hint: `leave from: out and put the tenant into the key (data.${view.property}.set(tenant + ":" + id, …)), or cache an entity without tenant`,
      },
    ];
  }
  const gets = ir.stores.some((store) =>
    store.repositories.some(
      (one) =>
        one.entity === entity &&
        one.methods.some(({ method }) => method.op === "get" && method.name === "get"),
    ),
  );
  return gets
    ? []
    : [
        {
          path,
          text: `a read-through cache loads with ${entity.name}'s "get", which no workload declares`,
          hint: `declare get: {} under the access of ${entity.name}`,
        },
      ];
}
