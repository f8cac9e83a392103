import type { Path, Problem } from "../issues.ts";
import type { Entity } from "../model.ts";
import { nearest } from "../nearest.ts";
import { operationOf, type Operation } from "../normalise-method.ts";
import { operations, type MethodSpec } from "../schema-access.ts";
import { choice, quoted } from "../shown-text.ts";
import { milliseconds } from "../quantities.ts";
import { batchName } from "../../ir/names.ts";
import { error, fieldAt, warning, type Context } from "./context.ts";
import { isNumeric, isOrdered } from "./field-types.ts";
import { keyedOperations, operationKeys } from "./operations.ts";
import { groupProblems, orderProblems, predicateProblems } from "./terms.ts";

/** Methods of repositories: an operation, the keys that fit it, fields that exist. */
export function methods(context: Context): readonly Problem[] {
  return context.authorities.flatMap(([workload, { access = {}, entities }]) => [
    ...Object.entries(access).flatMap(([name, declared]) => {
      const entity = context.entities.get(name);
      const path = ["workloads", workload, "access", name];
      if (entity === undefined) return [];
      const each = Object.entries(declared).flatMap(([method, spec]) =>
        methodProblems(context, entity, method, spec, [...path, method]),
      );
      return [...each, ...impliedMethods(name, declared, path)];
    }),
    ...unreached(context, workload, entities, access),
  ]);
}

/** Entities that are stored but have no method. */
function unreached(
  context: Context,
  workload: string,
  entities: readonly string[],
  access: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  if (!context.complete) return [];
  return entities.flatMap((entity, at) => {
    const known = context.entities.get(entity);
    if (known === undefined || known.owner !== undefined || Object.hasOwn(access, entity))
      return [];
    const path = ["workloads", workload, "entities", at];
    return [
      warning(
        path,
        `${entity} has no method: its table is made, its repository is empty`,
        `add access: { ${entity}: { get: {} } }`,
      ),
    ];
  });
}

/** `get` brings `getMany`, `history` brings `asOf`: no method may take those names. */
function impliedMethods(
  entity: string,
  declared: Readonly<Record<string, MethodSpec>>,
  path: Path,
): readonly Problem[] {
  return Object.entries(declared).flatMap(([name, spec]) => {
    const op = operationOf(name, spec);
    const brought = op === "get" ? batchName(name) : op === "history" ? "asOf" : undefined;
    if (brought === undefined || !Object.hasOwn(declared, brought)) return [];
    return [
      error(
        [...path, brought],
        `method ${quoted(brought)} of ${entity} comes with ${quoted(name)} already`,
        "rename it",
        "key",
      ),
    ];
  });
}

function methodProblems(
  context: Context,
  entity: Entity,
  name: string,
  spec: MethodSpec,
  path: readonly string[],
): readonly Problem[] {
  const title = `method ${entity.name}.${name}`;
  if (spec.op === undefined && !operations.some((known) => known === name)) {
    // An op of a wrong form is reported already.
    if (context.declares(...path, "op")) return [];
    const near = nearest(name, operations);
    const mend =
      near === undefined
        ? `say what it does, such as op: list; operations: ${operations.join(", ")}`
        : `did you mean ${quoted(near)}? Or say op:`;
    return [error(path, `${title} has no operation`, mend, "key")];
  }
  const op = operationOf(name, spec);
  const problems = Object.keys(spec).flatMap((key) => {
    const fits = operationKeys[key];
    if (fits === undefined || fits.includes(op)) return [];
    return [
      error(
        [...path, key],
        `${quoted(key)} does not apply to ${op} in ${title}`,
        `it belongs to ${choice(fits)}`,
        "key",
      ),
    ];
  });
  if (
    entity.keyless &&
    (keyedOperations.includes(op) || (op === "list" && (spec.page ?? "keyset") === "keyset"))
  ) {
    const mend =
      op === "list" ? "add page: none, or give the entity a key" : "give the entity a key";
    problems.push(error(path, `${title} needs a key, and ${entity.name} is keyless`, mend, "key"));
  }
  if (entity.owner !== undefined) return problems;
  return [...problems, ...operationProblems(context, entity, op, spec, title, path)];
}

function operationProblems(
  context: Context,
  entity: Entity,
  op: Operation,
  spec: MethodSpec,
  title: string,
  path: readonly string[],
): readonly Problem[] {
  const used = new Set<string>();
  switch (op) {
    case "list":
      return [
        ...predicateProblems(context, entity, spec.where ?? [], [...path, "where"], used),
        ...predicateProblems(context, entity, spec.optional ?? [], [...path, "optional"], used),
        ...orderProblems(context, entity, spec.orderBy ?? [], [...path, "orderBy"]),
      ];
    case "aggregate":
      return [
        ...predicateProblems(context, entity, spec.where ?? [], [...path, "where"], used),
        ...predicateProblems(context, entity, spec.optional ?? [], [...path, "optional"], used),
        ...groupProblems(context, entity, spec.groupBy ?? [], [...path, "groupBy"]),
        ...measureProblems(context, entity, spec, title, path),
      ];
    case "patch":
      return patchProblems(context, entity, spec, title, path);
    case "upsert":
      return spec.ttl !== undefined && milliseconds(spec.ttl) === 0
        ? [error([...path, "ttl"], `ttl of ${title} is 0`, "give a time, or leave it out")]
        : [];
    case "increment":
      return incrementProblems(context, entity, spec, title, path);
    case "history":
      return entity.audit || context.declares("entities", entity.name, "audit")
        ? []
        : [
            error(
              path,
              `${title} needs the history of ${entity.name}`,
              `add audit: true to ${entity.name}`,
              "key",
            ),
          ];
    default:
      return [];
  }
}

function measureProblems(
  context: Context,
  entity: Entity,
  spec: MethodSpec,
  title: string,
  path: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  const place = [...path, "measure"];
  const { measure } = spec;
  if (measure === undefined) {
    return context.declares(...place)
      ? []
      : [error(path, `${title} measures nothing`, "add measure: { count: true }", "key")];
  }
  let measured = measure.count === true ? 1 : 0;
  for (const kind of ["sum", "avg", "min", "max"] as const) {
    for (const name of [measure[kind] ?? []].flat()) {
      measured += 1;
      const field = fieldAt(context, entity, name, [...place, kind], problems);
      if (field === undefined) continue;
      const fits = kind === "sum" || kind === "avg" ? isNumeric(field.type) : isOrdered(field.type);
      if (!fits)
        problems.push(
          error(
            [...place, kind],
            `${kind} of ${name}, which is ${field.type.kind}`,
            kind === "sum" || kind === "avg"
              ? "measure a number"
              : "measure a field that has an order",
          ),
        );
    }
  }
  if (measured === 0 && context.complete)
    problems.push(error(place, `${title} measures nothing`, "add count: true"));
  return problems;
}

function patchProblems(
  context: Context,
  entity: Entity,
  spec: MethodSpec,
  title: string,
  path: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [at, name] of (spec.fields ?? []).entries()) {
    const place = [...path, "fields", at];
    const field = fieldAt(context, entity, name, place, problems);
    if (spec.fields?.indexOf(name) !== at)
      problems.push(error(place, `${title} names ${quoted(name)} twice`, "remove one of the two"));
    if (field?.key === true)
      problems.push(
        error(
          place,
          `${title} would change the key ${quoted(name)}`,
          "leave it out: insert another row instead",
        ),
      );
    else if (field !== undefined && field.role !== "data")
      problems.push(
        error(
          place,
          `${title} would change ${quoted(name)}, which the data layer keeps`,
          "leave it out",
        ),
      );
  }
  if (
    spec.fields === undefined &&
    !entity.fields.some(({ key, role }) => !key && role === "data") &&
    context.complete
  ) {
    problems.push(
      error(
        path,
        `${title} has no field to change`,
        `remove it, or add fields to ${entity.name}`,
        "key",
      ),
    );
  }
  return problems;
}

function incrementProblems(
  context: Context,
  entity: Entity,
  spec: MethodSpec,
  title: string,
  path: readonly string[],
): readonly Problem[] {
  const problems: Problem[] = [];
  if (spec.field === undefined) {
    return context.declares(...path, "field")
      ? []
      : [error(path, `${title} does not say which field it changes`, "add field:", "key")];
  }
  const field = fieldAt(context, entity, spec.field, [...path, "field"], problems);
  if (field !== undefined && (!isNumeric(field.type) || field.role !== "data" || field.key)) {
    const what = field.key
      ? "a key"
      : field.role === "data"
        ? `of type ${field.type.kind}`
        : "kept by the data layer";
    problems.push(
      error(
        [...path, "field"],
        `${title} increments ${quoted(field.name)}, which is ${what}`,
        "name a number field: int, bigint, decimal or float",
      ),
    );
  }
  const { floor, ceiling } = spec;
  if (floor !== undefined && ceiling !== undefined && floor > ceiling) {
    problems.push(
      error([...path, "floor"], `floor of ${title} is above its ceiling`, "exchange the two"),
    );
  }
  for (const bound of ["floor", "ceiling"] as const) {
    if (
      (field?.type.kind === "int" || field?.type.kind === "bigint") &&
      !Number.isInteger(spec[bound] ?? 0)
    ) {
      problems.push(
        error(
          [...path, bound],
          `${bound} of ${title} is ${spec[bound]}, but ${field.name} holds whole numbers`,
          "round it",
        ),
      );
    }
  }
  return problems;
}
