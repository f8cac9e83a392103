import type { Path, Problem } from "../issues.ts";
import { ownerKeyName } from "../normalise-entity.ts";
import { hasTimestamps, keyNames } from "../normalise-field.ts";
import type { EntitySpec, FieldSpec } from "../schema-entity.ts";
import { quoted } from "../shown-text.ts";
import { dependency } from "../terms.ts";
import { entityAt, error, fieldAt, type Context, warning } from "./context.ts";

/** Each entity as a whole: key, owner, tenant, implied fields, functional dependencies. */
export function entities(context: Context): readonly Problem[] {
  return Object.entries(context.spec.entities).flatMap(([name, entity]) => {
    const path = ["entities", name];
    return [
      ...keyOf(context, name, entity, path),
      ...ownerOf(context, name, entity, path),
      ...tenantOf(name, entity, path),
      ...implied(name, entity, path),
      ...dependenciesOf(context, name, entity, path),
      ...checksOf(name, entity, path),
    ];
  });
}

function keyOf(context: Context, name: string, entity: EntitySpec, path: Path): readonly Problem[] {
  const keys = keyNames(entity);
  if (entity.keyless === true) {
    if (keys.length > 0)
      return [
        error(
          [...path, "keyless"],
          `entity ${name} is keyless but has the key ${keys.join(", ")}`,
          "remove one of the two",
          "key",
        ),
      ];
    const switches = (["version", "audit", "softDelete"] as const).filter(
      (key) => entity[key] === true,
    );
    return switches.map((key) =>
      error(
        [...path, key],
        `${key} of entity ${name} needs a key`,
        "add a key, or remove it",
        "key",
      ),
    );
  }
  // A field of a wrong form may have been the key.
  const whole = context.declaredFields(name).length === Object.keys(entity.fields).length;
  if (keys.length > 0 || !whole) return [];
  const example =
    entity.owner === undefined
      ? "id: { type: uuid, key: true }"
      : "lineNo: { type: int, key: true }";
  return [
    error(path, `entity ${name} has no key`, `add ${example}, or state keyless: true`, "key"),
  ];
}

function ownerOf(
  context: Context,
  name: string,
  entity: EntitySpec,
  path: Path,
): readonly Problem[] {
  if (entity.owner === undefined)
    return entity.perOwner === undefined
      ? []
      : [
          error(
            [...path, "perOwner"],
            `entity ${name} has no owner`,
            "remove it, or name its owner:",
          ),
        ];
  const problems: Problem[] = [];
  const place = [...path, "owner"];
  if (entity.owner === name)
    return [
      error(place, `entity ${name} owns itself`, "name its root, or use references for a tree"),
    ];
  const owner = entityAt(context, entity.owner, place, problems);
  if (owner?.owner !== undefined) {
    problems.push(
      error(
        place,
        `${entity.owner} is itself owned by ${owner.owner}`,
        `own it by ${owner.owner}: aggregates have one root`,
      ),
    );
  }
  if (owner?.keyless === true)
    problems.push(error(place, `${entity.owner} has no key to own ${name} by`, "give it a key"));
  for (const key of ["version", "audit", "softDelete"] as const) {
    if (entity[key] === true)
      problems.push(
        error(
          [...path, key],
          `${key} of the owned child ${name} belongs to its root`,
          `set it on ${entity.owner}`,
          "key",
        ),
      );
  }
  if (entity.tenant !== undefined && owner !== undefined && owner.tenant !== entity.tenant) {
    problems.push(
      error(
        [...path, "tenant"],
        `the owned child ${name} has another tenant than its root`,
        `remove it: ${entity.owner} decides`,
      ),
    );
  }
  for (const key of owner?.key ?? [])
    problems.push(...ownerField(name, entity, ownerKeyName(entity.owner, key), context, key, path));
  return problems;
}

/** A child may declare the field that holds its owner's key, for a column mapping; then it has the type of that key. */
function ownerField(
  name: string,
  entity: EntitySpec,
  field: string,
  context: Context,
  key: string,
  path: Path,
): readonly Problem[] {
  const given = entity.fields[field];
  const source = context.spec.entities[entity.owner ?? ""]?.fields[key];
  if (given === undefined || source === undefined || given.type === source.type) return [];
  return [
    error(
      [...path, "fields", field, "type"],
      `field ${name}.${field} holds the key of ${entity.owner}, which is ${source.type}`,
      `use type: ${source.type}`,
    ),
  ];
}

const tenantTypes: readonly FieldSpec["type"][] = ["uuid", "string", "int", "bigint"];

function tenantOf(name: string, entity: EntitySpec, path: Path): readonly Problem[] {
  const field = entity.tenant === undefined ? undefined : entity.fields[entity.tenant];
  if (field === undefined) return [];
  const place = [...path, "fields", entity.tenant ?? ""];
  if (!tenantTypes.includes(field.type))
    return [
      error(
        [...place, "type"],
        `the tenant field ${name}.${entity.tenant} is ${field.type}`,
        "use uuid, string, int or bigint",
      ),
    ];
  if (field.nullable === true)
    return [
      error(
        [...place, "nullable"],
        `the tenant field ${name}.${entity.tenant} cannot be nullable`,
        "remove nullable",
      ),
    ];
  return [];
}

/** A field that a switch implies may be declared too, for its column or comment; then its type must be the implied one. */
function implied(name: string, entity: EntitySpec, path: Path): readonly Problem[] {
  const expected: readonly (readonly [string, boolean, FieldSpec["type"], string])[] = [
    ["version", entity.version === true, "int", "version: true"],
    ["createdAt", hasTimestamps(entity), "timestamp", "timestamps"],
    ["updatedAt", hasTimestamps(entity), "timestamp", "timestamps"],
    ["deletedAt", entity.softDelete === true, "timestamp", "softDelete: true"],
  ];
  return expected.flatMap(([field, on, type, reason]) => {
    const given = on ? entity.fields[field] : undefined;
    if (given === undefined) return [];
    if (given.type === type && given.key !== true)
      return meantOtherwise(`${name}.${field}`, given, reason, [...path, "fields", field]);
    return [
      error(
        [...path, "fields", field, "type"],
        `field ${name}.${field} is implied by ${reason} and holds ${type}`,
        `use type: ${type}, or rename the field`,
      ),
    ];
  });
}

/** What a declaration of an implied field can say: where it lies and what it means. */
const sayable: ReadonlySet<string> = new Set([
  "type",
  "column",
  "stored",
  "was",
  "comment",
  "pii",
] satisfies (keyof FieldSpec)[]);

/** The data layer fills the field whatever its declaration asks: what asks for more would make writes fail, or was meant as another field. */
function meantOtherwise(
  title: string,
  given: FieldSpec,
  reason: string,
  path: Path,
): readonly Problem[] {
  // A column of an existing schema may be null although it is filled from now on; a version that is null counts nothing.
  const counts = given.type === "int";
  const more = Object.keys(given).filter(
    (key) => !sayable.has(key) && (counts || key !== "nullable"),
  );
  const hint =
    "rename it if it is a value of your own; else leave it out, or declare its column or comment only";
  const kept = `field ${title} is the one that ${reason} keeps: callers give it no value`;
  if (more.length > 0)
    return more.map((key) =>
      error([...path, key], `${kept}, and ${key} does not fit`, hint, "key"),
    );
  const bare = Object.keys(given).length === 1 && reason !== "timestamps";
  return bare ? [warning(path, kept, hint, "key")] : [];
}

function dependenciesOf(
  context: Context,
  name: string,
  entity: EntitySpec,
  path: Path,
): readonly Problem[] {
  const made = context.entities.get(name);
  const problems: Problem[] = [];
  for (const [at, text] of (entity.dependencies ?? []).entries()) {
    const place = [...path, "dependencies", at];
    const found = dependency(text);
    if (found === undefined)
      problems.push(
        error(
          place,
          `dependency ${quoted(text)} of ${name} is not of the form a, b -> c`,
          'write it like "customerId -> tenantId"',
        ),
      );
    else if (made !== undefined)
      for (const field of [...found.determinant, ...found.dependent])
        fieldAt(context, made, field, place, problems);
  }
  return problems;
}

function checksOf(name: string, entity: EntitySpec, path: Path): readonly Problem[] {
  return Object.entries(entity.checks ?? {}).flatMap(([check, condition]) =>
    condition.trim() === ""
      ? [
          error(
            [...path, "checks", check],
            `check ${name}.${check} is empty`,
            "write a condition in SQL, or remove it",
          ),
        ]
      : [],
  );
}
