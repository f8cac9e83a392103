import type { Problem } from "../issues.ts";
import type { Entity } from "../model.ts";
import type { IndexSpec } from "../schema-entity.ts";
import { quoted } from "../shown-text.ts";
import { orderTerm } from "../terms.ts";
import { error, fieldAt, type Context } from "./context.ts";
import { isOrdered } from "./field-types.ts";

/** Declared indexes and unique groups. */
export function indexes(context: Context): readonly Problem[] {
  return Object.entries(context.spec.entities).flatMap(([name, spec]) => {
    const entity = context.entities.get(name);
    if (entity === undefined) return [];
    const problems = (spec.indexes ?? []).flatMap((index, at) =>
      indexProblems(context, entity, index, at),
    );
    for (const [at, group] of (spec.unique ?? []).entries())
      problems.push(...uniqueProblems(context, entity, group, at));
    return problems;
  });
}

function indexProblems(context: Context, entity: Entity, index: IndexSpec, at: number): Problem[] {
  const path = ["entities", entity.name, "indexes", at];
  const title = `index ${at + 1} of ${entity.name}`;
  const problems: Problem[] = [];
  if (context.complete && (index.fields === undefined) === (index.expression === undefined)) {
    const what =
      index.fields === undefined
        ? "neither fields nor an expression"
        : "both fields and an expression";
    problems.push(error(path, `${title} has ${what}`, "give one of the two"));
  }
  const seen = new Set<string>();
  for (const [position, term] of (index.fields ?? []).entries()) {
    const place = [...path, "fields", position];
    const { field: name, direction } = orderTerm(term);
    const field = fieldAt(context, entity, name, place, problems);
    if (seen.has(name))
      problems.push(error(place, `${title} names ${quoted(name)} twice`, "remove one of the two"));
    seen.add(name);
    if (field === undefined) continue;
    if (field.type.kind === "vector")
      problems.push(
        error(
          place,
          `${title} names the vector ${quoted(name)}`,
          "a vector workload makes its index",
        ),
      );
    else if (
      !isOrdered(field.type) &&
      index.method !== "gin" &&
      index.method !== "gist" &&
      field.type.kind !== "binary"
    ) {
      problems.push(
        error(
          place,
          `${title} names ${quoted(name)} of type ${field.type.kind}, which has no order`,
          "add method: gin",
        ),
      );
    }
    if (direction === "desc" && index.method !== undefined && index.method !== "btree") {
      problems.push(
        error(
          place,
          `${title} is ${index.method} and has no order`,
          `write ${name} without the minus`,
        ),
      );
    }
  }
  if (index.unique === true && index.method !== undefined && index.method !== "btree") {
    problems.push(
      error(
        [...path, "method"],
        `${title} is unique, which ${index.method} cannot be`,
        "use btree",
      ),
    );
  }
  if (index.name !== undefined && (index.name === "" || Buffer.byteLength(index.name) > 63)) {
    problems.push(
      error(
        [...path, "name"],
        `the name of ${title} is ${index.name === "" ? "empty" : "longer than 63 bytes"}`,
        "shorten it, or leave it out",
      ),
    );
  }
  return problems;
}

function uniqueProblems(
  context: Context,
  entity: Entity,
  group: readonly string[],
  at: number,
): readonly Problem[] {
  const path = ["entities", entity.name, "unique", at];
  const problems: Problem[] = [];
  for (const [position, name] of group.entries()) {
    const place = [...path, position];
    const field = fieldAt(context, entity, name, place, problems);
    if (group.indexOf(name) < position)
      problems.push(
        error(
          place,
          `unique group ${at + 1} of ${entity.name} names ${quoted(name)} twice`,
          "remove one of the two",
        ),
      );
    if (field !== undefined && !isOrdered(field.type)) {
      problems.push(
        error(
          place,
          `${entity.name}.${name} of type ${field.type.kind} cannot be unique`,
          "leave it out",
        ),
      );
    }
  }
  return problems;
}
