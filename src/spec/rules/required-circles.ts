import type { Field } from "../model.ts";
import type { Problem } from "../issues.ts";
import { warning, type Context } from "./context.ts";

interface Edge {
  readonly entity: string;
  readonly field: string;
  readonly target: string;
}

/**
 * Required references that lead back to where they began: each row needs another one first, so nothing can insert the first. A warning,
 * since an existing schema may check such keys at commit, or have rows from before.
 */
export function requiredCircles(context: Context): readonly Problem[] {
  const edges = inCircles(requiredReferences(context));
  const from = Map.groupBy(edges, ({ entity }) => entity);
  const told = new Set<string>();
  return edges.flatMap((edge): readonly Problem[] => {
    const circle = told.has(edge.entity) ? undefined : circleOf(edge, from);
    if (circle === undefined) return [];
    for (const { entity } of circle) told.add(entity);
    const path = ["entities", edge.entity, "fields", edge.field];
    return [warning(path, messageOf(edge, circle), mendOf(edge, circle), "key")];
  });
}

const messageOf = ({ entity, field }: Edge, circle: readonly Edge[]): string =>
  circle.length === 1
    ? `${entity}.${field} is required and refers to ${entity} itself: the first row can only refer to itself`
    : `${circle.map((each) => `${each.entity}.${each.field}`).join(" and ")} are required and lead back to ${entity}: the first row has nothing to refer to`;

const mendOf = ({ field }: Edge, circle: readonly Edge[]): string =>
  circle.length === 1
    ? `make ${field} nullable`
    : "make one of them nullable, and fill it in afterwards";

/** Without those that lead out of every circle or into one: taken away until none is left. */
function inCircles(edges: readonly Edge[]): readonly Edge[] {
  const entities = new Set(edges.map(({ entity }) => entity));
  const targets = new Set(edges.map(({ target }) => target));
  const left = edges.filter(({ entity, target }) => entities.has(target) && targets.has(entity));
  return left.length === edges.length ? edges : inCircles(left);
}

function requiredReferences({ entities, authorityOf }: Context): readonly Edge[] {
  const storeOf = (entity: string): string | undefined =>
    authorityOf.get(entities.get(entity)?.owner ?? entity);
  return [...entities.values()].flatMap(({ name, owner, fields }) =>
    fields.flatMap((field): readonly Edge[] => {
      const target = field.reference?.entity;
      // An owned child comes with its root, which is no circle.
      if (target === undefined || owner === target || !isRequired(field)) return [];
      return storeOf(name) === undefined ? [] : [{ entity: name, field: field.name, target }];
    }),
  );
}

const isRequired = ({ nullable, default: given, storedDefault }: Field): boolean =>
  !nullable && given === undefined && storedDefault === undefined;

/** The shortest way from the edge's target back to its entity, the edge first. */
function circleOf(
  edge: Edge,
  from: ReadonlyMap<string, readonly Edge[]>,
): readonly Edge[] | undefined {
  const ways = new Map<string, readonly Edge[]>([[edge.target, [edge]]]);
  for (const [entity, way] of ways) {
    if (entity === edge.entity) return way;
    for (const next of from.get(entity) ?? [])
      if (!ways.has(next.target)) ways.set(next.target, [...way, next]);
  }
  return undefined;
}
