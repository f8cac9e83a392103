import type { Path, Problem } from "../issues.ts";
import type { Entity } from "../model.ts";
import { nearest } from "../nearest.ts";
import { quoted } from "../shown-text.ts";
import { groupUnits, orderTerm, splitTerm } from "../terms.ts";
import { error, fieldAt, warning, type Context } from "./context.ts";
import { canBeFiltered, hasRange, isOrdered } from "./field-types.ts";

/** Terms of an access pattern against the fields they name. `path` leads to the list. */

/** `customerId`, `placedAt.range`; `used` holds what an earlier list has taken. */
export function predicateProblems(
  context: Context,
  entity: Entity,
  terms: readonly string[],
  path: Path,
  used: Set<string>,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [at, term] of terms.entries()) {
    const place = [...path, at];
    const { field: name, suffix } = splitTerm(term);
    const field = fieldAt(context, entity, name, place, problems);
    if (used.has(name))
      problems.push(error(place, `${quoted(name)} is asked for twice`, "keep one of the two"));
    used.add(name);
    if (suffix !== "" && suffix !== "range") {
      problems.push(
        error(
          place,
          `unknown suffix ${quoted(suffix)} of ${name}`,
          `write ${name} or ${name}.range`,
        ),
      );
    } else if (field?.role === "tenant") {
      problems.push(
        error(
          place,
          `${name} is the tenant of ${entity.name}: forTenant() binds it`,
          "leave it out",
        ),
      );
    } else if (field !== undefined && suffix === "range" && !hasRange(field.type)) {
      problems.push(
        error(
          place,
          `${name} of type ${field.type.kind} has no range`,
          `ask for it by value: ${name}`,
        ),
      );
    } else if (
      field !== undefined &&
      suffix === "" &&
      !canBeFiltered(field.type) &&
      !indexed(entity, name)
    ) {
      const mend =
        field.type.kind === "vector"
          ? "use a vector workload"
          : "give it an index with method: gin, or make it a field of its own";
      problems.push(
        error(place, `${name} of type ${field.type.kind} cannot be asked for by value`, mend),
      );
    }
  }
  return problems;
}

const indexed = (entity: Entity, name: string): boolean =>
  entity.indexes.some(
    ({ method, terms }) =>
      (method === "gin" || method === "gist") &&
      terms.some((term) => "field" in term && term.field === name),
  );

export function orderProblems(
  context: Context,
  entity: Entity,
  terms: readonly string[],
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [at, term] of terms.entries()) {
    const place = [...path, at];
    const { field: name } = orderTerm(term);
    const field = fieldAt(context, entity, name, place, problems);
    if (seen.has(name))
      problems.push(error(place, `the order names ${quoted(name)} twice`, "keep the first"));
    seen.add(name);
    if (field === undefined) continue;
    if (!isOrdered(field.type))
      problems.push(
        error(
          place,
          `${name} of type ${field.type.kind} has no order to page by`,
          "order by another field",
        ),
      );
    else if (field.nullable)
      problems.push(
        warning(
          place,
          `the order names ${quoted(name)}, which may be null: whether such rows come first or last depends on the engine`,
          "see the docstring of the generated port, or give it a default",
        ),
      );
  }
  return problems;
}

const dateUnits = groupUnits.filter((unit) => unit !== "hour");

export function groupProblems(
  context: Context,
  entity: Entity,
  terms: readonly string[],
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [at, term] of terms.entries()) {
    const place = [...path, at];
    const { field: name, suffix } = splitTerm(term);
    const field = fieldAt(context, entity, name, place, problems);
    if (terms.indexOf(term) < at)
      problems.push(error(place, `groups by ${quoted(term)} twice`, "keep one of the two"));
    if (field === undefined) continue;
    const kind = field.type.kind;
    if (suffix === "" && !isOrdered(field.type))
      problems.push(error(place, `${name} of type ${kind} cannot be grouped by`, "leave it out"));
    if (suffix === "") continue;
    if (kind !== "timestamp" && kind !== "date")
      problems.push(error(place, `${name} of type ${kind} has no calendar`, `group by ${name}`));
    else if (
      !groupUnits.some((unit) => unit === suffix) ||
      (kind === "date" && suffix === "hour")
    ) {
      const units: readonly string[] = kind === "date" ? dateUnits : groupUnits;
      const near = nearest(suffix, units);
      const mend =
        near === undefined ? `units: ${units.join(", ")}` : `did you mean ${quoted(near)}?`;
      problems.push(error(place, `unknown unit ${quoted(suffix)} of ${name}`, mend));
    }
  }
  return problems;
}
