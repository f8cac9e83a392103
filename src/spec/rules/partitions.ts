import type { Path, Problem } from "../issues.ts";
import type { Entity, Field } from "../model.ts";
import type { EntitySpec, PartitionSpec } from "../schema-entity.ts";
import { orderTerm } from "../terms.ts";
import { entityAt, error, fieldAt, type Context } from "./context.ts";

/** Fewest and most partitions by hash. */
const fewest = 2;
const most = 1024;

const hashed: readonly Field["type"]["kind"][] = ["uuid", "string", "text", "int", "bigint"];

/**
 * How tables are partitioned. A row is found and kept unique within its partition only, so the field is part of the key and of every unique
 * group. Source: PostgreSQL manual 5.12.2.3, "Limitations".
 */
export function partitions(context: Context): readonly Problem[] {
  return Object.entries(context.spec.entities).flatMap(([name, spec]) => {
    const { partition } = spec;
    const path = ["entities", name, "partition"];
    const entity = partition === undefined ? undefined : entityAt(context, name, path, []);
    if (partition === undefined || entity === undefined) return [];
    const whole = wholeProblems(name, spec, partition, path, context);
    if (whole.length > 0) return whole;
    const problems: Problem[] = [];
    const field = fieldAt(context, entity, partition.by, [...path, "by"], problems);
    if (field === undefined) return problems;
    return [
      ...typeProblems(name, field, partition, path),
      ...keyProblems(name, entity, field, path),
      ...uniqueProblems(entity, spec, field),
    ];
  });
}

function wholeProblems(
  name: string,
  { owner, keyless }: EntitySpec,
  { every, hash }: PartitionSpec,
  path: Path,
  context: Context,
): readonly Problem[] {
  if (owner !== undefined)
    return [
      error(path, `the owned child ${name} is kept with its root`, `set it on ${owner}`, "key"),
    ];
  if (keyless === true)
    return [
      error(path, `partition of entity ${name} needs a key`, "add a key, or remove it", "key"),
    ];
  if ((every === undefined) === (hash === undefined))
    return context.complete
      ? [
          error(
            path,
            `partition of ${name} has ${every === undefined ? "neither every nor hash" : "both every and hash"}`,
            "give one of the two: every: month for time, hash: 8 to spread rows evenly",
            "key",
          ),
        ]
      : [];
  if (hash !== undefined && (hash < fewest || hash > most))
    return [
      error(
        [...path, "hash"],
        `${hash} partitions of ${name}`,
        `give a number from ${fewest} to ${most}`,
      ),
    ];
  return [];
}

function typeProblems(
  name: string,
  { name: field, type }: Field,
  { every, hash }: PartitionSpec,
  path: Path,
): readonly Problem[] {
  const title = `${name}.${field} of type ${type.kind}`;
  const place = [...path, "by"];
  if (every !== undefined)
    return type.kind === "date" || type.kind === "timestamp"
      ? []
      : [error(place, `${title} has no ${every}s`, "name a date or a timestamp, or give hash: 8")];
  return hash === undefined || hashed.includes(type.kind)
    ? []
    : [
        error(
          place,
          `${title} spreads no rows`,
          `name a field of type ${hashed.join(", ")}, or give every: month for time`,
        ),
      ];
}

function keyProblems(
  name: string,
  { key }: Entity,
  { name: field, role }: Field,
  path: Path,
): readonly Problem[] {
  if (key.includes(field)) return [];
  const own = role === "data" || role === "tenant";
  return [
    error(
      [...path, "by"],
      `${field} is not part of the key of ${name}`,
      own
        ? `add key: true to ${name}.${field}: rows are found by (${[...key, field].join(", ")}) then`
        : "name a field of your own that has key: true: this one is kept by the data layer",
    ),
  ];
}

function uniqueProblems(entity: Entity, spec: EntitySpec, { name: by }: Field): readonly Problem[] {
  const path = ["entities", entity.name];
  const told = (place: Path, what: string, hint: string): Problem =>
    error(
      place,
      `${what} of ${entity.name} does not hold ${by}, and nothing is unique across partitions`,
      `${hint}, or remove it`,
    );
  const group = (fields: readonly string[]): string =>
    `write unique: [[${[...fields, by].join(", ")}]]`;
  return [
    ...entity.fields.flatMap(({ name, unique }) =>
      unique && name !== by
        ? [told([...path, "fields", name, "unique"], `unique ${name}`, group([name]))]
        : [],
    ),
    ...entity.unique.flatMap((fields, at) =>
      fields.includes(by)
        ? []
        : [told([...path, "unique", at], `unique group ${at + 1}`, group(fields))],
    ),
    ...(spec.indexes ?? []).flatMap(({ unique, fields = [] }, at) =>
      unique !== true || fields.some((term) => orderTerm(term).field === by)
        ? []
        : [told([...path, "indexes", at], `unique index ${at + 1}`, `add ${by} to its fields`)],
    ),
  ];
}
