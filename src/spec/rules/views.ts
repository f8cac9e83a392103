import type { Path, Problem } from "../issues.ts";
import type { Entity } from "../model.ts";
import { meant } from "../nearest.ts";
import { operationOf } from "../normalise-method.ts";
import { milliseconds } from "../quantities.ts";
import type { CacheSpec, SearchSpec, VectorSpec, WaitingSpec } from "../schema-workload.ts";
import { quoted } from "../shown-text.ts";
import { entityAt, error, fieldAt, type Context } from "./context.ts";
import { canBeFacet, isText } from "./field-types.ts";
import { predicateProblems } from "./terms.ts";

/** Derived views: the source has an authority, fields and methods fit the kind. */
export function views(context: Context): readonly Problem[] {
  return Object.entries(context.spec.workloads).flatMap(([name, workload]) => {
    const path = ["workloads", name];
    const common = availability(workload.sla?.availability, name, path);
    if (workload.kind === "search") return [...common, ...search(context, name, workload, path)];
    if (workload.kind === "vector") return [...common, ...vector(context, name, workload, path)];
    if (workload.kind === "cache") return [...common, ...cache(context, name, workload, path)];
    if (workload.kind === "graph" || workload.kind === "analytical")
      return [...common, ...waiting(context, name, workload, path)];
    return common;
  });
}

function availability(percent: number | undefined, name: string, path: Path): readonly Problem[] {
  if (percent === undefined || percent <= 100) return [];
  return [
    error(
      [...path, "sla", "availability"],
      `availability of workload ${quoted(name)} is ${percent} percent`,
      "it is at most 100, such as 99.95",
    ),
  ];
}

/** The entity a view is derived from, if one can derive from it. */
function source(
  context: Context,
  name: string,
  from: string,
  path: Path,
  problems: Problem[],
): Entity | undefined {
  const place = [...path, "from"];
  const entity = entityAt(context, from, place, problems);
  if (entity === undefined) return undefined;
  if (entity.owner !== undefined) {
    problems.push(
      error(
        place,
        `workload ${quoted(name)} is derived from ${from}, an owned child`,
        `derive it from ${entity.owner}, its root`,
      ),
    );
  } else if (entity.keyless) {
    problems.push(
      error(
        place,
        `workload ${quoted(name)} is derived from ${from}, which has no key to follow changes by`,
        "give the entity a key",
      ),
    );
  } else if (context.complete && !context.authorityOf.has(from)) {
    problems.push(
      error(
        place,
        `workload ${quoted(name)} is derived from ${from}, which no workload is the authority for`,
        `list ${from} in the entities of a workload, such as one of kind transactional`,
      ),
    );
  }
  return entity;
}

function search(
  context: Context,
  name: string,
  workload: SearchSpec,
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  const entity = source(context, name, workload.from, path, problems);
  if (entity === undefined) return problems;
  const fields = new Map(entity.fields.map((field) => [field.name, field]));
  for (const [field, { facet, weight }] of Object.entries(workload.fields)) {
    const place = [...path, "fields", field];
    const found = fieldAt(context, entity, field, place, problems);
    if (found === undefined) continue;
    const searchable =
      isText(found.type) ||
      (found.type.kind === "array" && (found.type.of === "string" || found.type.of === "text")) ||
      found.type.kind === "enum";
    if (facet === true && !canBeFacet(found.type))
      problems.push(
        error(
          [...place, "facet"],
          `${field} of type ${found.type.kind} cannot be a facet`,
          "remove facet",
        ),
      );
    if (facet !== true && !searchable)
      problems.push(
        error(
          place,
          `${field} of type ${found.type.kind} cannot be searched as text`,
          "remove it; a filter needs no entry here",
          "key",
        ),
      );
    if (facet === true && !searchable && weight !== undefined)
      problems.push(
        error(
          [...place, "weight"],
          `${field} of type ${found.type.kind} has no weight in ranking`,
          "remove weight",
        ),
      );
  }
  const declared = Object.keys(workload.fields);
  if (declared.length === 0 && context.complete)
    problems.push(
      error(
        [...path, "fields"],
        `workload ${quoted(name)} searches no field`,
        "name one, such as title: {}",
      ),
    );
  for (const [method, spec] of Object.entries(workload.access)) {
    const place = [...path, "access", method];
    for (const [at, field] of (spec.text ?? []).entries()) {
      const found = fields.get(field);
      if (!declared.includes(field) && !context.declares(...path.map(String), "fields", field)) {
        problems.push(
          error(
            [...place, "text", at],
            `${quoted(field)} is not one of the view's fields`,
            meant(field, declared, "its fields"),
          ),
        );
      } else if (found !== undefined && !isText(found.type)) {
        problems.push(
          error(
            [...place, "text", at],
            `${field} of type ${found.type.kind} is not text`,
            "search string and text fields; filter the others",
          ),
        );
      }
    }
    for (const [at, field] of (spec.facets ?? []).entries()) {
      if (workload.fields[field]?.facet !== true)
        problems.push(
          error(
            [...place, "facets", at],
            `${quoted(field)} is no facet of the view`,
            `add ${field}: { facet: true } to its fields`,
          ),
        );
    }
    problems.push(
      ...predicateProblems(context, entity, spec.filter ?? [], [...place, "filter"], new Set()),
    );
  }
  problems.push(...withoutMethods(context, name, workload.access, path, "search"));
  return problems;
}

function withoutMethods(
  context: Context,
  name: string,
  access: object,
  path: Path,
  example: string,
): readonly Problem[] {
  if (Object.keys(access).length > 0 || !context.complete) return [];
  return [
    error(
      [...path, "access"],
      `workload ${quoted(name)} has no method`,
      `add one, such as ${example}: {}`,
    ),
  ];
}

function vector(
  context: Context,
  name: string,
  workload: VectorSpec,
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  const entity = source(context, name, workload.from, path, problems);
  if (entity === undefined) return problems;
  const field = fieldAt(context, entity, workload.field, [...path, "field"], problems);
  if (field !== undefined && field.type.kind !== "vector") {
    problems.push(
      error(
        [...path, "field"],
        `${workload.field} of ${entity.name} is ${field.type.kind}`,
        "name a field of type vector",
      ),
    );
  }
  for (const [method, spec] of Object.entries(workload.access)) {
    const place = [...path, "access", method];
    problems.push(
      ...predicateProblems(context, entity, spec.filter ?? [], [...place, "filter"], new Set()),
    );
    if (spec.hybridWith !== undefined)
      problems.push(...hybrid(context, workload.from, spec.hybridWith, [...place, "hybridWith"]));
  }
  problems.push(...withoutMethods(context, name, workload.access, path, "nearest"));
  return problems;
}

function hybrid(context: Context, from: string, name: string, path: Path): readonly Problem[] {
  const other = context.spec.workloads[name];
  const searches = Object.entries(context.spec.workloads).flatMap(([each, { kind }]) =>
    kind === "search" ? [each] : [],
  );
  if (other === undefined) {
    if (context.declares("workloads", name)) return [];
    return [
      error(path, `unknown workload ${quoted(name)}`, meant(name, searches, "search workloads")),
    ];
  }
  if (other.kind !== "search")
    return [
      error(path, `workload ${quoted(name)} is of kind ${other.kind}`, "name a search workload"),
    ];
  if (other.from !== from)
    return [
      error(
        path,
        `workload ${quoted(name)} searches ${other.from}, not ${from}`,
        `name a search workload of ${from}`,
      ),
    ];
  return [];
}

function cache(
  context: Context,
  name: string,
  workload: CacheSpec,
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (workload.ttl !== undefined && milliseconds(workload.ttl) === 0)
    problems.push(
      error([...path, "ttl"], `ttl of workload ${quoted(name)} is 0`, "give a time, such as 15m"),
    );
  if (workload.from === undefined) return problems;
  const entity = source(context, name, workload.from, path, problems);
  const authority = context.authorities.find(
    ([each]) => each === context.authorityOf.get(workload.from ?? ""),
  );
  if (entity === undefined || authority === undefined || !context.complete) return problems;
  const methods = Object.entries(authority[1].access?.[entity.name] ?? {});
  if (!methods.some(([method, spec]) => operationOf(method, spec) === "get")) {
    problems.push(
      error(
        [...path, "from"],
        `workload ${quoted(name)} reads through ${entity.name}, which has no get`,
        `add get: {} to ${entity.name} in workload ${quoted(authority[0])}`,
      ),
    );
  }
  return problems;
}

function waiting(
  context: Context,
  name: string,
  workload: WaitingSpec,
  path: Path,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (workload.from !== undefined) source(context, name, workload.from, path, problems);
  for (const [at, entity] of (workload.entities ?? []).entries())
    entityAt(context, entity, [...path, "entities", at], problems);
  if (workload.from === undefined && (workload.entities ?? []).length === 0 && context.complete) {
    problems.push(
      error(path, `workload ${quoted(name)} names no entity`, "add from: or entities:", "key"),
    );
  }
  return problems;
}
