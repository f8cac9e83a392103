import { pluralWords, snakeCase } from "../../ir/words.ts";
import {
  collectionName,
  fileStem,
  fitted,
  historyTableName,
  idTypeName,
  identifierBytes,
  keyTypeName,
  memberTypeName,
  newTypeName,
  repositoryTypeName,
  tableName,
  typeName,
  viewName,
} from "../../ir/names.ts";
import { reservedProperties, reservedTypes } from "../../ir/reserved.ts";
import type { Path, Problem } from "../issues.ts";
import type { Entity } from "../model.ts";
import { quoted } from "../shown-text.ts";
import { error, type Context } from "./context.ts";
import { languageWords } from "./language-words.ts";

/** Names: long enough to tell, short enough to store, and no two that become one. */
export function names(context: Context): readonly Problem[] {
  const snake = remembered(snakeCase);
  return [
    ...entityNames(context),
    ...propertyNames(context),
    ...[...context.entities.values()].flatMap((entity) => fieldNames(context, entity, snake)),
    ...workloadNames(context),
  ];
}

/** Remembers who took a name first; tells the others. */
function taken(): (name: string, by: string) => string | undefined {
  const owners = new Map<string, string>();
  return (name, by) => {
    const first = owners.get(name);
    if (first === undefined) owners.set(name, by);
    return first === by ? undefined : first;
  };
}

function entityNames({ entities }: Context): readonly Problem[] {
  const [folded, tables, files, types] = [taken(), taken(), taken(), taken()];
  return [...entities.values()].flatMap((entity) => {
    const { name } = entity;
    const path = ["entities", name];
    const table = tableName(name, entity.table);
    const tablePath = entity.table === undefined ? path : [...path, "table"];
    const byCase = folded(name.toLowerCase(), name);
    if (byCase !== undefined)
      return [
        error(path, `entities ${byCase} and ${name} differ in case only`, "rename one", "key"),
      ];
    const problems: Problem[] = [];
    if (reservedTypes.has(name))
      problems.push(
        error(
          path,
          `${name} is the name of a type that generated code uses`,
          `rename it, such as Shop${name}, and keep table: ${table}`,
          "key",
        ),
      );
    problems.push(
      ...tooLong(
        entity.table ?? pluralWords(name).join("_"),
        `the table of entity ${name}`,
        tablePath,
        "table: with a shorter name",
      ),
    );
    const sameTable =
      tables(table, name) ?? (entity.audit ? tables(historyTableName(table), name) : undefined);
    if (sameTable !== undefined)
      problems.push(
        error(
          tablePath,
          `entities ${sameTable} and ${name} both need the table ${quoted(table)}`,
          "map one with table:",
          "key",
        ),
      );
    const sameFile = files(fileStem(name), name);
    if (sameFile !== undefined)
      problems.push(
        error(
          path,
          `entities ${sameFile} and ${name} both become ${fileStem(name)}.ts`,
          "rename one",
          "key",
        ),
      );
    for (const [type, from] of typesOf(entity)) {
      const first = types(type, from);
      if (first !== undefined)
        problems.push(
          error(path, `${first} and ${from} both need the type ${type}`, "rename one", "key"),
        );
    }
    return problems;
  });
}

/** Types that generated code declares for an entity, with what each is for. */
function typesOf(entity: Entity): readonly (readonly [string, string])[] {
  const { name } = entity;
  const own = [
    typeName(name),
    idTypeName(name),
    keyTypeName(name),
    newTypeName(name),
    repositoryTypeName(name),
  ];
  const enums = entity.fields.flatMap((field) =>
    field.type.kind === "enum"
      ? [[memberTypeName(name, field.name), `${name}.${field.name}`] as const]
      : [],
  );
  return [...own.map((type) => [type, name] as const), ...enums];
}

/** Fields of a thousand entities share few names, and cutting a name into words is slow. */
function remembered(make: (name: string) => string): (name: string) => string {
  const made = new Map<string, string>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}

/** Properties of the data layer: repositories and views side by side. */
function propertyNames({ spec, entities }: Context): readonly Problem[] {
  const properties = taken();
  const made: { property: string; title: string; path: Path }[] = [];
  for (const { name, owner } of entities.values()) {
    if (owner === undefined)
      made.push({
        property: collectionName(name),
        title: `entity ${name}`,
        path: ["entities", name],
      });
  }
  for (const [name, { kind }] of Object.entries(spec.workloads)) {
    if (kind === "search" || kind === "vector" || kind === "cache")
      made.push({
        property: viewName(name),
        title: `workload ${quoted(name)}`,
        path: ["workloads", name],
      });
  }
  return made.flatMap(({ property, title, path }) => {
    if (reservedProperties.has(property))
      return [
        error(path, `${title} would be data.${property}, which is taken`, "rename it", "key"),
      ];
    const first = properties(property.toLowerCase(), title);
    return first === undefined
      ? []
      : [error(path, `${first} and ${title} would both be data.${property}`, "rename one", "key")];
  });
}

function fieldNames(
  { spec }: Context,
  entity: Entity,
  snake: (name: string) => string,
): readonly Problem[] {
  const [folded, columns] = [taken(), taken()];
  const declared = spec.entities[entity.name]?.fields ?? {};
  return entity.fields.flatMap((field) => {
    const title = `field ${entity.name}.${field.name}`;
    const own = Object.hasOwn(declared, field.name);
    const path = own ? ["entities", entity.name, "fields", field.name] : ["entities", entity.name];
    if (languageWords.has(field.name)) {
      return [
        error(
          path,
          `${title} has a name that JavaScript reserves`,
          `rename it and keep the column, such as ${field.name}Value: { column: ${snake(field.name)} }`,
          "key",
        ),
      ];
    }
    const byCase = folded(field.name.toLowerCase(), field.name);
    const implied = own ? "" : " (implied)";
    if (byCase !== undefined)
      return [
        error(
          path,
          `fields ${byCase} and ${field.name}${implied} of ${entity.name} differ in case only`,
          "rename one",
          "key",
        ),
      ];
    const column = field.column ?? fitted(snake(field.name));
    const columnPath = field.column === undefined ? path : [...path, "column"];
    const problems = [
      ...tooLong(
        field.column ?? snake(field.name),
        `the column of ${title}`,
        columnPath,
        "column: with a shorter name",
      ),
    ];
    const first = columns(column, field.name);
    if (first !== undefined)
      problems.push(
        error(
          columnPath,
          `fields ${first} and ${field.name}${implied} of ${entity.name} both need the column ${quoted(column)}`,
          "map one with column:",
          "key",
        ),
      );
    return problems;
  });
}

function workloadNames({ spec }: Context): readonly Problem[] {
  const folded = taken();
  return Object.entries(spec.workloads).flatMap(([name, workload]) => {
    const path = ["workloads", name];
    const problems = [
      ...tooLong(name, `the name of workload ${quoted(name)}`, path, "a shorter name"),
    ];
    const first = folded(viewName(name).toLowerCase(), name);
    if (first !== undefined)
      problems.push(
        error(
          path,
          `workloads ${quoted(first)} and ${quoted(name)} become one name`,
          "rename one",
          "key",
        ),
      );
    const access = "access" in workload ? (workload.access ?? {}) : {};
    for (const [key, inner] of Object.entries(access)) {
      if (workload.kind === "search" || workload.kind === "vector")
        problems.push(...methodName(key, [...path, "access", key]));
      else problems.push(...methodsOf(key, Object.keys(inner), [...path, "access", key]));
    }
    return problems;
  });
}

function methodsOf(entity: string, methods: readonly string[], path: Path): readonly Problem[] {
  const folded = taken();
  return methods.flatMap((name) => {
    const first = folded(name.toLowerCase(), name);
    if (first !== undefined)
      return [
        error(
          [...path, name],
          `methods ${first} and ${name} of ${entity} differ in case only`,
          "rename one",
          "key",
        ),
      ];
    return methodName(name, [...path, name]);
  });
}

/** A method is a property, so a language word would do; what it may not be is something an object or a promise has. */
function methodName(name: string, path: Path): readonly Problem[] {
  const problems = [...tooLong(name, `the name of method ${quoted(name)}`, path, "a shorter name")];
  const reserved = reservedProperties.has(name) || (languageWords.has(name) && name !== "delete");
  if (reserved)
    problems.push(
      error(
        path,
        `method ${quoted(name)} has a reserved name`,
        "rename it and say the operation with op:",
        "key",
      ),
    );
  return problems;
}

const plainName = /^[\w-]{1,40}$/;

function tooLong(name: string, title: string, path: Path, mend: string): readonly Problem[] {
  if (plainName.test(name)) return [];
  const bytes = Buffer.byteLength(name);
  if (bytes > identifierBytes)
    return [
      error(
        path,
        `${title} is ${bytes} bytes long, more than ${identifierBytes}`,
        `give ${mend}`,
        "key",
      ),
    ];
  return /[\p{Cc}\u2028\u2029]/u.test(name)
    ? [error(path, `${title} holds a control character`, `give ${mend}`, "key")]
    : [];
}
